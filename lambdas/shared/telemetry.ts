import { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { describeError } from './describeError.ts';
import { redactValue } from './redact.ts';
import { redactor } from './redactor.ts';
import { loadSecretSearch } from './secretSearchOnDemand.ts';

const MAX_REASON_LENGTH = 200;

/**
 * A logger that hides secrets and never throws: a failure is logged. Powertools reads service and level from the
 * environment.
 *
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are hidden, too.
 */
export function makeLogger(sensitive: readonly string[] = []): Logger {
  const hide = redactor(sensitive, redactValue);
  const jsonReplacerFn = (name: string, value: unknown) =>
    hide(name, value instanceof Error ? describeError(value) : value);
  const logger = new Logger({ jsonReplacerFn });
  return withoutThrowing(logger, (call, error) =>
    reportFailure(logger, 'a log entry could not be written', call, error),
  );
}

/** Metrics that never throw: a failure is logged. */
export function withoutFailures(metrics: Metrics, log: Logger): Metrics {
  return withoutThrowing(metrics, (call, error) => reportFailure(log, 'a metric could not be written', call, error));
}

/**
 * Returns the function that writes the metrics of one event. If that throws, the failure is logged, and the next event gets new
 * metrics: what is left in the old ones would be written with it.
 */
export function metricsWriter(make: () => Metrics, log: () => Logger): (write: (metrics: Metrics) => void) => void {
  let metrics: Metrics | undefined;
  return (write) => {
    try {
      metrics ??= make();
      write(metrics);
    } catch (error) {
      metrics = undefined;
      reportFailure(log(), 'the metrics could not be written', 'publish', error);
    }
  };
}

function reportFailure(log: Logger, message: string, call: string, error: unknown): void {
  try {
    const reason =
      error instanceof Error ? loadSecretSearch().searchedAndCut(error.message, MAX_REASON_LENGTH) : typeof error;
    log.error(message, { call, reason });
  } catch {
    // A response is worth more than a log entry.
  }
}

/**
 * The same object, except that a method that throws is reported and returns the object itself, so that a chain of calls
 * goes on. What a method returns is guarded in the same way, if it is of the same class, such as a child logger.
 */
function withoutThrowing<T extends object>(object: T, report: (call: string, error: unknown) => void): T {
  const guarded: T = new Proxy(object, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || name === 'constructor') return member;
      return (...values: unknown[]) => {
        try {
          const result: unknown = Reflect.apply(member, target, values);
          if (result === target) return guarded;
          return isLike(result, target) ? withoutThrowing(result, report) : result;
        } catch (error) {
          report(String(name), error);
          return guarded;
        }
      };
    },
  });
  return guarded;
}

function isLike<T extends object>(result: unknown, object: T): result is T {
  return typeof result === 'object' && result !== null && result.constructor === object.constructor;
}
