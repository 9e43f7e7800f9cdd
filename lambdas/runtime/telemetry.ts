import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { type AllowedSample, allowedLinesOf, allowedSample } from '../shared/allowedSample.ts';
import { describeError } from '../shared/describeError.ts';
import { type LogEntry, logLine } from '../shared/logLine.ts';
import { writeLines } from '../shared/output.ts';
import type { metricsWriter } from '../shared/telemetry.ts';
import { dependencyTimes } from '../shared/trace/measure.ts';
import { INERT } from './inert.ts';
import { loadPowertools } from './powertoolsOnDemand.ts';
import { type RequestLines, requestLines } from './requestLines.ts';
import type { RequestKeys } from './telemetryKeys.ts';
import { WaitingLatencies } from './waitingLatencies.ts';

/** Logger and metrics of a function. Handlers get their own, so that nothing they do changes these. */
export interface Telemetry {
  /** Made when it is first used: most requests do not need it, and making it takes two milliseconds of a first response. */
  readonly log: Logger;
  readonly count: ReturnType<typeof metricsWriter>;
  /** Which lines about allowed requests are written. */
  readonly sample: AllowedSample;
  readonly waiting: WaitingLatencies;
  /** Writes most requests. Undefined where Powertools is set to write other lines. */
  readonly lines: RequestLines | undefined;
  /** True once, for what counts the start of the instance. */
  takeStart(): boolean;
}

/** The entry of a finished request. */
export interface FinishedEntry extends RequestKeys {
  readonly status: number;
  readonly latencyMs: number;
  /** Code of the problem in the response. */
  readonly code: string | undefined;
  /** The response was stored by an earlier request with the same idempotency key. */
  readonly replayed?: true | undefined;
  /** Without secrets, and shortened. */
  readonly userAgent: string | undefined;
}

/** What its metrics name besides. */
export interface Finished {
  readonly api: string;
  /** Name of the function's group of routes. */
  readonly group: string | undefined;
  /** Whether the response differs from what its route declares. */
  readonly differs: boolean;
  readonly functionName: string | undefined;
}

/** Logger and metrics of one request's handler; each is made when the handler first uses it. */
export interface HandlerTelemetry {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Writes the metrics that the handler added. */
  publish(): void;
}

/**
 * @param api dimension of the metrics.
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are never logged.
 */
export function makeTelemetry(api: string, sensitive: readonly string[] = []): Telemetry {
  let log: Logger | undefined;
  let count: Telemetry['count'] | undefined;
  let isFaultReported = false;
  const attempt = (make: () => void) => {
    try {
      make();
    } catch (error) {
      // A response is worth more than a log entry, but nobody would look for entries that are missing.
      if (!isFaultReported) reportLoggerFault(error);
      isFaultReported = true;
    }
  };
  const logOf = () => {
    attempt(() => {
      log ??= loadPowertools().makeLogger(sensitive);
    });
    return log ?? (INERT as Logger);
  };
  let isStartTaken = false;
  const takeStart = () => {
    const isTaken = isStartTaken;
    isStartTaken = true;
    return !isTaken;
  };
  return {
    get log() {
      return logOf();
    },
    count: (write) => {
      attempt(() => {
        count ??= loadPowertools().requestMetrics(takeStart, logOf);
      });
      count?.(write);
    },
    sample: allowedSample(allowedLinesOf()),
    waiting: new WaitingLatencies(),
    lines: requestLines(api, sensitive),
    takeStart,
  };
}

/** Written without the logger. */
function reportLoggerFault(error: unknown): void {
  const line = logLine()('ERROR', 'the logger could not be made, so entries are missing', { error });
  writeLines(process.stderr, line);
}

/** Logs why a request failed. */
export function logFailure({ log }: Telemetry, keys: RequestKeys, error: unknown): void {
  log.error('request failed', { ...keys, error: describeError(error) });
}

/** Logs that a handler still runs just before Lambda ends its function, after which nothing is logged. */
export function logLateHandler({ log }: Telemetry, keys: RequestKeys): void {
  log.error('the handler has not ended, and Lambda is about to end the function', { ...keys });
}

/**
 * Logs a request's end, once, with the time that it spent in other services, and writes its metrics: `Requests`, `ClientErrors` (4xx),
 * `Errors` (5xx) and `Latency` in milliseconds by `{ api, route }`, `ResponseMismatches` for a response that is not as declared, `Replays`
 * for a response of an earlier request with the same idempotency key, and `ColdStart` for
 * the first request of a function's instance. A 5xx also counts as `ServerErrors` by `{ api, group }`: Lambda's own count has only what
 * the function did not catch, and a metric for each group that nobody writes while all is well costs nothing.
 *
 * Where lines about allowed requests are limited, a request without line waits with its metrics for the next one.
 */
export function closeRequest(telemetry: Telemetry, entry: FinishedEntry & LogEntry, finished: Finished): void {
  const { count, sample, waiting } = telemetry;
  const { api, group, differs, functionName } = finished;
  const { requestId, route, status, latencyMs } = entry;
  const isUsual = !differs && entry.replayed === undefined;
  const sampledFrom = isUsual && status < 400 ? sample(requestId) : 1;
  if (sampledFrom === 0) waiting.add(route, latencyMs);
  const line = sampledFrom === 0 ? undefined : withTimes(entry, sampledFrom);
  if (line !== undefined && isUsual && status < 500 && waiting.isEmpty && telemetry.lines !== undefined) {
    telemetry.lines(line, telemetry.takeStart() ? { functionName } : undefined);
    return;
  }
  if (line !== undefined) telemetry.log.info('request', line);
  for (const [due, latencies] of waiting.takeDue(sampledFrom === 0 ? undefined : route)) {
    count((metrics) => {
      const isOwn = due === route && sampledFrom > 0;
      metrics.captureColdStartMetric(functionName);
      metrics.addDimension('api', api).addDimension('route', due);
      for (const latency of latencies) addRequest(metrics, 200, latency);
      if (isOwn) addRequest(metrics, status, latencyMs);
      if (isOwn && differs) metrics.addMetric('ResponseMismatches', 'Count', 1);
      if (isOwn && entry.replayed) metrics.addMetric('Replays', 'Count', 1);
      metrics.publishStoredMetrics();
    });
  }
  if (status < 500 || group === undefined) return;
  count((metrics) => {
    metrics.addDimension('api', api).addDimension('group', group);
    metrics.addMetric('ServerErrors', 'Count', 1);
    metrics.publishStoredMetrics();
  });
}

/** Most requests call no other service, and are not sampled. */
function withTimes(entry: FinishedEntry & LogEntry, sampledFrom: number): FinishedEntry & LogEntry {
  const times = dependencyTimes();
  if (times.dependencyMs === undefined && sampledFrom === 1) return entry;
  return { ...entry, ...times, ...(sampledFrom > 1 ? { sampledFrom } : {}) };
}

function addRequest(metrics: Metrics, status: number, latencyMs: number): void {
  metrics.addMetric('Requests', 'Count', 1);
  metrics.addMetric('ClientErrors', 'Count', status >= 400 && status < 500 ? 1 : 0);
  metrics.addMetric('Errors', 'Count', status >= 500 ? 1 : 0);
  metrics.addMetric('Latency', 'Milliseconds', latencyMs);
}

/** Logger and metrics for the handler of one request: what it sets ends with the request, and nothing it calls throws. */
export function handlerTelemetry(telemetry: Telemetry, api: string, keys: RequestKeys): HandlerTelemetry {
  return new MadeAtFirstUse(telemetry, api, keys);
}

/** A class, because V8 keeps an object that defines getters itself in a slow form. */
class MadeAtFirstUse implements HandlerTelemetry {
  readonly #shared: Telemetry;
  readonly #api: string;
  readonly #keys: RequestKeys;
  #log: Logger | undefined;
  #metrics: Metrics | undefined;

  constructor(shared: Telemetry, api: string, keys: RequestKeys) {
    this.#shared = shared;
    this.#api = api;
    this.#keys = keys;
  }

  get log(): Logger {
    this.#log ??= made(() => loadPowertools().handlerLog(this.#shared.log, this.#keys));
    return this.#log;
  }

  get metrics(): Metrics {
    const dimensions = { api: this.#api, route: this.#keys.route };
    this.#metrics ??= made(() => loadPowertools().handlerMetrics(dimensions, this.#shared.log));
    return this.#metrics;
  }

  publish(): void {
    try {
      if (this.#metrics?.hasStoredMetrics() === true) this.#metrics.publishStoredMetrics();
    } catch (error) {
      // The handler changed the object itself.
      this.#shared.log.error('the metrics of the handler could not be written', { error: describeError(error) });
    }
  }
}

/** What a handler logs or counts with; where Powertools cannot be loaded, which the function's logger has reported, it does nothing. */
function made<T>(make: () => T): T {
  try {
    return make();
  } catch {
    return INERT as T;
  }
}
