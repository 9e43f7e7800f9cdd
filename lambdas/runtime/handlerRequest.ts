import type { HandlerTelemetry } from './telemetry.ts';

const TELEMETRY = Symbol('telemetry');

interface WithTelemetry {
  readonly [TELEMETRY]: HandlerTelemetry;
}

/** One getter for all requests: V8 keeps an object that defines getters itself in a form that takes twenty times as long to make. */
const LOG: PropertyDescriptor = {
  get(this: WithTelemetry) {
    return this[TELEMETRY].log;
  },
  enumerable: true,
  configurable: true,
};
const METRICS: PropertyDescriptor = {
  get(this: WithTelemetry) {
    return this[TELEMETRY].metrics;
  },
  enumerable: true,
  configurable: true,
};

/**
 * What a handler gets: its request and `parts`, and `log` and `metrics`, which are made at their first use, because making them takes longer
 * than all other work for most requests. They are members of the object itself, so that a copy of it has them, too.
 */
export function handlerRequest(request: object, parts: object, telemetry: HandlerTelemetry): object {
  const made = { ...request, ...parts, [TELEMETRY]: telemetry };
  Object.defineProperty(made, 'log', LOG);
  return Object.defineProperty(made, 'metrics', METRICS);
}
