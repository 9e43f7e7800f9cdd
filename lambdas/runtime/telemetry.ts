import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { REDACTED, redact } from '../shared/redact.ts';

/** Logger and metrics of a function; Powertools reads service, namespace and level from the environment. */
export interface Telemetry {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One finished request. */
export interface Finished {
  readonly api: string;
  readonly route: string;
  readonly status: number;
  readonly latencyMs: number;
  /** Without secrets, and shortened. */
  readonly userAgent?: string;
  /** Code of the problem in the response. */
  readonly code?: string;
  /** Whether the response differs from what its route declares. */
  readonly differs: boolean;
}

/**
 * Makes logger and metrics; secrets are hidden in everything that is logged.
 *
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are hidden, too.
 */
export function makeTelemetry(sensitive: readonly string[] = []): Telemetry {
  const metrics = new Metrics();
  metrics.clearDefaultDimensions();
  const names = new Set(sensitive.map(plainName));
  const jsonReplacerFn = (name: string, value: unknown) =>
    names.has(plainName(name)) && value !== null && value !== undefined ? REDACTED : redact(name, value);
  return { log: new Logger({ jsonReplacerFn }), metrics };
}

/** A header, camelCase and underscores spell the same name. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Keys of every entry of a request; those of the request before are dropped. */
export function openRequest({ log }: Telemetry, route: string, requestId: string): void {
  log.resetKeys();
  log.appendKeys({ requestId, route });
}

/**
 * Logs a request's end, once, and writes its metrics: `Requests`, `ClientErrors` (4xx), `Errors` (5xx) and `Latency` in
 * milliseconds by `{ api, route }`, `ResponseMismatches` for a response that is not as declared, and `ColdStart` for
 * the first request of a function's instance.
 */
export function closeRequest({ log, metrics }: Telemetry, finished: Finished, functionName: string | undefined): void {
  const { api, route, status, latencyMs, userAgent, code, differs } = finished;
  log.info('request', { status, latencyMs, userAgent, ...(code === undefined ? {} : { code }) });
  metrics.captureColdStartMetric(functionName);
  // Before they are written, not at the start: a request that starts meanwhile must not take them.
  metrics.addDimension('api', api).addDimension('route', route);
  metrics.addMetric('Requests', MetricUnit.Count, 1);
  metrics.addMetric('ClientErrors', MetricUnit.Count, status >= 400 && status < 500 ? 1 : 0);
  metrics.addMetric('Errors', MetricUnit.Count, status >= 500 ? 1 : 0);
  metrics.addMetric('Latency', MetricUnit.Milliseconds, latencyMs);
  if (differs) metrics.addMetric('ResponseMismatches', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
