/**
 * The access log of a stage: one line a request, in the template's format.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
import type { RestApiModel } from '../assembly/model.ts';
import type { Telemetry } from '../contracts.ts';
import type { ContextSource } from './contextVariables.ts';
import { compileTemplate } from './template.ts';

/** Writes the line of a request that has ended. */
export type AccessLog = (source: ContextSource) => void;

/**
 * Compiles the format. A variable without a value is `-`. What a client can choose, such as its user agent, is escaped as
 * in a JSON text, so that it can neither end its member nor its line.
 */
export function createAccessLog(api: RestApiModel, account: string, telemetry: Telemetry): AccessLog {
  const { accessLog } = api.stage;
  if (accessLog === undefined) return () => undefined;
  const line = compileTemplate(accessLog.format, api, account, (value) => (value === undefined ? '-' : escaped(value)));
  return (source) => telemetry.log(accessLog.logGroup, line(source));
}

function escaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
