import { measured } from '../shared/trace/measure.ts';
import { type RequestTrace, requestTrace, type TraceRules } from '../shared/trace/requestTrace.ts';
import { isPending } from '../shared/valueOrPromise.ts';
import type { AuthorizerEvent, AuthorizerResult } from './event.ts';

/** The decision on a request, and whether it allows this request. */
export interface Decided {
  readonly result: AuthorizerResult;
  readonly permitted: boolean;
}
export type Decide = (event: AuthorizerEvent) => Decided | Promise<Decided>;
/** The part of Lambda's context that says when the function is ended. */
export interface Context {
  readonly getRemainingTimeInMillis?: () => number;
}

/** Records sampled decisions. Only the authorizers of APIs with the prop `tracing` have one in their bundle. */
export interface DecisionRecorder {
  readonly rules: TraceRules;
  /** Decides, and records the parts of this work as spans. */
  decide(event: AuthorizerEvent, trace: RequestTrace, decide: Decide, context?: Context): Promise<AuthorizerResult>;
}

/** Runs each decision with the trace of its request, and the sampled ones with a recorder. */
export function tracedDecision(
  decide: Decide,
  recorder?: DecisionRecorder,
): (event: AuthorizerEvent, context?: Context) => Promise<AuthorizerResult> {
  return async (event, context) => {
    const trace = requestTrace(event, event.requestContext?.requestId ?? '', recorder?.rules);
    if (recorder !== undefined && trace.isSampled) return recorder.decide(event, trace, decide, context);
    const decided = measured(trace, () => decide(event));
    return (isPending(decided) ? await decided : decided).result;
  };
}
