import type { FunctionModel } from '../assembly/model.ts';
import { logGroupOf } from '../assembly/resources/functions.ts';
import type { Telemetry } from '../contracts.ts';
import type { Ending } from './instance.ts';

const NAMESPACE = 'AWS/Lambda';

/** Where logs and metrics go. */
export interface TelemetryHost {
  readonly onLog: (logGroup: string, line: string) => void;
  readonly metric: Telemetry['metric'];
}

/** Logs and metrics of one function, as CloudWatch gets them. */
export interface FunctionTelemetry {
  readonly line: (line: string) => void;
  readonly throttled: () => void;
  /** @param own events of this function in flight, this one included; `all` those of all functions */
  readonly started: (own: number, all: number) => void;
  readonly ended: (requestId: string, outcome: Ending, durationMs: number) => void;
}

/**
 * Counts invocations, errors and throttles (0 too, as Lambda does, so that a quiet alarm has data), milliseconds and concurrency, also of
 * the account, and writes the lines that Lambda itself writes about a failed event.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function createFunctionTelemetry(model: FunctionModel, { metric, onLog }: TelemetryHost): FunctionTelemetry {
  const dimensions = { FunctionName: model.name };
  const ofAccount = {};
  const logGroup = logGroupOf(model);
  const line = (text: string): void => onLog(logGroup, text);
  return {
    line,
    throttled: () => metric(NAMESPACE, 'Throttles', dimensions, 1),
    started(own, all) {
      metric(NAMESPACE, 'Throttles', dimensions, 0);
      metric(NAMESPACE, 'ConcurrentExecutions', dimensions, own);
      metric(NAMESPACE, 'ConcurrentExecutions', ofAccount, all);
    },
    ended: (requestId, outcome, durationMs) => {
      metric(NAMESPACE, 'Invocations', dimensions, 1);
      metric(NAMESPACE, 'Errors', dimensions, outcome.kind === 'ok' ? 0 : 1);
      metric(NAMESPACE, 'Duration', dimensions, durationMs);
      if (outcome.kind !== 'ok') line(failureLine(requestId, outcome, model.timeoutSeconds));
    },
  };
}

function failureLine(requestId: string, outcome: Exclude<Ending, { kind: 'ok' }>, timeoutSeconds: number): string {
  const time = new Date().toISOString();
  if (outcome.kind === 'timeout')
    return `${time} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  const { errorType, message, stack } = outcome.fault;
  const document = JSON.stringify({ errorType, errorMessage: message, stack });
  return `${time}\t${requestId}\tERROR\tInvoke Error\t${document}`;
}
