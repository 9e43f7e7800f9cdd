import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type AllowedSample, allowedLinesOf, allowedSample } from '../shared/allowedSample.ts';
import type { CallerClaims } from '../shared/callerClaims.ts';
import { describeError } from '../shared/describeError.ts';
import { type LogEntry, logLine } from '../shared/logLine.ts';
import { writeLines } from '../shared/output.ts';
import { redact } from '../shared/redact.ts';
import { makeLogger, metricsWriter, withoutFailures } from '../shared/telemetry.ts';
import { dependencyTimes } from '../shared/trace/measure.ts';
import type { traceKeys } from '../shared/trace/requestTrace.ts';
import { HANDLER_METRICS_NAMESPACE } from '../shared/wireContract.ts';
import { type RequestLines, requestLines } from './requestLines.ts';
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

/** What every entry of a request names. */
export interface RequestKeys extends Partial<ReturnType<typeof traceKeys>> {
  readonly requestId: string;
  readonly route: string;
  readonly subject?: string;
  /** Those that the definition declares, without the sensitive ones. */
  readonly claims?: CallerClaims;
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

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'critical';
const LEVELS: readonly PropertyKey[] = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] satisfies Level[];

/**
 * @param api dimension of the metrics.
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are never logged.
 */
export function makeTelemetry(api: string, sensitive: readonly string[] = []): Telemetry {
  let log: Logger | undefined;
  let isFaultReported = false;
  const logOf = () => {
    try {
      log ??= makeLogger(sensitive);
    } catch (error) {
      // A response is worth more than a log entry, but nobody would look for entries that are missing.
      if (!isFaultReported) reportLoggerFault(error);
      isFaultReported = true;
    }
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
    count: metricsWriter(() => new RequestMetrics(logOf(), takeStart), logOf),
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

/** Metrics of requests. They count the start of an instance once, also where others replace them after a failure. */
class RequestMetrics extends Metrics {
  readonly #takeStart: () => boolean;

  constructor(logger: Logger, takeStart: () => boolean) {
    super({ logger });
    this.#takeStart = takeStart;
    this.clearDefaultDimensions();
  }

  override getColdStart(): boolean {
    return this.#takeStart() && super.getColdStart();
  }
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
      if (isOwn && differs) metrics.addMetric('ResponseMismatches', MetricUnit.Count, 1);
      if (isOwn && entry.replayed) metrics.addMetric('Replays', MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
    });
  }
  if (status < 500 || group === undefined) return;
  count((metrics) => {
    metrics.addDimension('api', api).addDimension('group', group);
    metrics.addMetric('ServerErrors', MetricUnit.Count, 1);
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
  metrics.addMetric('Requests', MetricUnit.Count, 1);
  metrics.addMetric('ClientErrors', MetricUnit.Count, status >= 400 && status < 500 ? 1 : 0);
  metrics.addMetric('Errors', MetricUnit.Count, status >= 500 ? 1 : 0);
  metrics.addMetric('Latency', MetricUnit.Milliseconds, latencyMs);
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
    this.#log ??= handlerLog(this.#shared.log, this.#keys);
    return this.#log;
  }

  get metrics(): Metrics {
    this.#metrics ??= handlerMetrics({ api: this.#api, route: this.#keys.route }, this.#shared.log);
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

/**
 * A logger whose entries have these keys. Writing goes to the function's logger, because a child of Powertools costs as much as
 * the rest of the request; any other call, such as `appendKeys`, makes a child.
 */
function handlerLog(shared: Logger, keys: RequestKeys): Logger {
  let child: Logger | undefined;
  const own = () => {
    child ??= shared.createChild({ persistentKeys: { ...keys } });
    // The shared logger returns itself where the call failed.
    return child === shared ? INERT : child;
  };
  const write =
    (level: Level): Logger[Level] =>
    (input, ...more) =>
      child === undefined || child === shared
        ? shared[level](input, ...([keys, ...more] as typeof more))
        : child[level](input, ...more);
  // An own target: what a handler does to the object itself, such as its prototype, must not reach the shared logger.
  return new Proxy<Logger>(Object.create(Object.getPrototypeOf(shared)), {
    get: (_, name) => (LEVELS.includes(name) ? write(name as Level) : Reflect.get(own(), name)),
    set: (_, name, value) => Reflect.set(own(), name, value),
  });
}

function handlerMetrics(dimensions: Readonly<Record<string, string>>, log: Logger): Metrics {
  try {
    return withoutFailures(new HandlerMetrics(dimensions, log), log);
  } catch (error) {
    log.error('the metrics of the handler could not be made', { error: describeError(error) });
    return INERT as Metrics;
  }
}

/** Stands for a logger or metrics that could not be made: each method does nothing and returns the object. */
const INERT: object = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : () => INERT), set: () => true });

/** Their own namespace keeps names and units apart from the runtime's. Secrets in dimensions and metadata are hidden. */
class HandlerMetrics extends Metrics {
  readonly #dimensions: Readonly<Record<string, string>>;
  readonly #log: Logger;

  constructor(dimensions: Readonly<Record<string, string>>, log: Logger, singleMetric = false) {
    super({ namespace: HANDLER_METRICS_NAMESPACE, singleMetric, logger: log });
    this.#dimensions = dimensions;
    this.#log = log;
    this.clearDefaultDimensions();
    this.setDefaultDimensions(dimensions);
  }

  override serializeMetrics(): ReturnType<Metrics['serializeMetrics']> {
    const hide = (name: string, value: unknown) => (isNumeric(value) ? value : redact(name, value));
    return JSON.parse(JSON.stringify(super.serializeMetrics(), hide));
  }

  override singleMetric(): Metrics {
    return new HandlerMetrics(this.#dimensions, this.#log, true);
  }
}

/** The value of a metric is shown, whatever its name. */
function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (Array.isArray(value) && value.every((item) => typeof item === 'number'));
}
