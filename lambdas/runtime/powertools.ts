import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describeError } from '../shared/describeError.ts';
import { redactValue } from '../shared/redact.ts';
import { makeLogger, metricsWriter, withoutFailures } from '../shared/telemetry.ts';
import { HANDLER_METRICS_NAMESPACE } from '../shared/wireContract.ts';
import { INERT } from './inert.ts';
import type { RequestKeys } from './telemetryKeys.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'critical';
const LEVELS: readonly PropertyKey[] = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] satisfies Level[];

/**
 * Makes what writes the metrics of requests.
 *
 * @param takeStart true once, for what counts the start of the instance.
 */
function requestMetrics(takeStart: () => boolean, log: () => Logger): ReturnType<typeof metricsWriter> {
  return metricsWriter(() => new RequestMetrics(log(), takeStart), log);
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
    const hide = (name: string, value: unknown) => (isNumeric(value) ? value : redactValue(name, value));
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

/** What logs and counts as Powertools does. */
export const powertools = { makeLogger, requestMetrics, handlerLog, handlerMetrics };
