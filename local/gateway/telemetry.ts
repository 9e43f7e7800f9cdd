/**
 * What a stage records of each request: a line in the access log, and the metrics of API Gateway.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 */
import type { RestApiModel } from '../assembly/model.ts';
import type { Telemetry } from '../contracts.ts';
import type { ContextSource, Ending } from './contextVariables.ts';
import type { RequestState } from './requestState.ts';
import { compileTemplate } from './template.ts';

const NAMESPACE = 'AWS/ApiGateway';

/** Printable characters of ASCII without those that JSON escapes. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Writes the line of a request that has ended. */
export type AccessLog = (source: ContextSource) => void;

/** Counts a request that has ended. */
export type Metrics = (state: RequestState, ending: Ending) => void;

/**
 * Compiles the format of the access log. A variable without a value is `-`. What a client can choose, such as its user agent,
 * is escaped as in JSON, so that it cannot end its member or its line.
 */
export function createAccessLog(api: RestApiModel, account: string, telemetry: Telemetry): AccessLog {
  const { accessLog } = api.stage;
  if (accessLog === undefined) return () => undefined;
  const escaped = (value: string) => (PLAIN.test(value) ? value : JSON.stringify(value).slice(1, -1));
  const line = compileTemplate(accessLog.format, { api, account }, (value) =>
    value === undefined ? '-' : escaped(value),
  );
  return (source) => telemetry.log(accessLog.logGroup, line(source));
}

/**
 * Makes `Count`, `4XXError`, `5XXError`, `Latency` and `IntegrationLatency` (milliseconds), by API and by API and stage. A request without a status
 * is no error.
 */
export function createMetrics(api: RestApiModel, telemetry: Telemetry): Metrics {
  const sets: readonly Readonly<Record<string, string>>[] = [
    { ApiName: api.name },
    { ApiName: api.name, Stage: api.stage.name },
  ];
  return ({ integrationLatencyMs }, { status = 0, latencyMs }) => {
    for (const dimensions of sets) {
      const put = (name: string, value: number) => telemetry.metric(NAMESPACE, name, dimensions, value);
      put('Count', 1);
      put('4XXError', status >= 400 && status < 500 ? 1 : 0);
      put('5XXError', status >= 500 ? 1 : 0);
      put('Latency', latencyMs);
      if (integrationLatencyMs !== undefined) put('IntegrationLatency', integrationLatencyMs);
    }
  };
}
