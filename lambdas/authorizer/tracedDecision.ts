import { endRequest, measured, type Span } from '../shared/trace/measure.ts';
import { newSpanId, type RequestTrace, requestTrace } from '../shared/trace/requestTrace.ts';
import type { Tracer } from '../shared/trace/tracer.ts';
import { isPending } from '../shared/valueOrPromise.ts';
import type { AuthorizerEvent, AuthorizerResult } from './event.ts';

/** The decision on a request, and whether it allows this request. */
export interface Decided {
  readonly result: AuthorizerResult;
  readonly permitted: boolean;
}
type Decide = (event: AuthorizerEvent) => Decided | Promise<Decided>;
/** The part of Lambda's context that says when the function is ended. */
interface Context {
  readonly getRemainingTimeInMillis?: () => number;
}

/**
 * Runs each decision with the trace of its request. The span of the authorizer is a child of that of the request, which the handler
 * records; for a request that the authorizer rejects, it is recorded here. One that the gateway rejects after the authorizer has none:
 * nothing of ours runs for it.
 */
export function tracedDecision(
  decide: Decide,
  tracer?: Tracer,
): (event: AuthorizerEvent, context?: Context) => Promise<AuthorizerResult> {
  return async (event, context) => {
    const request = requestTrace(event, event.requestContext?.requestId ?? '', tracer);
    if (tracer === undefined || !request.isSampled) {
      const decided = measured(request, () => decide(event));
      return (isPending(decided) ? await decided : decided).result;
    }
    const isOfLambda = tracer.ofLambda !== undefined;
    const { parentId, ...named } = request;
    const above = isOfLambda ? parentId : request.spanId;
    const own = {
      ...named,
      spanId: newSpanId(),
      ...(above === undefined ? {} : { parentId: above }),
    };
    return measured(own, async () => {
      const startMs = Date.now();
      let status = 500;
      try {
        const { result, permitted } = await decide(event);
        status = permitted ? 200 : 403;
        return result;
      } catch (error) {
        if (error instanceof Error && error.message === 'Unauthorized') status = 401;
        throw error;
      } finally {
        const outcome = OUTCOMES[status] ?? 'error';
        const attributes = { 'secure_api.decision': outcome };
        const spans = endRequest({
          name: 'authorizer',
          kind: 'internal',
          startEpochMs: startMs,
          isFailed: status >= 500,
          attributes,
        });
        const whole = isOfLambda || status === 200 ? [] : [requestSpan(event, request, startMs, status)];
        await tracer.send(request.traceId, [...whole, ...spans], context?.getRemainingTimeInMillis?.());
      }
    });
  };
}

const OUTCOMES: Readonly<Record<number, string>> = { 200: 'allow', 401: 'reject', 403: 'deny' };

function requestSpan(event: AuthorizerEvent, request: RequestTrace, startMs: number, status: number): Span {
  const { httpMethod, resource, requestContext } = event;
  return {
    name: `${httpMethod} ${resource}`,
    kind: 'server',
    spanId: request.spanId,
    parentId: request.parentId,
    startMs: requestContext?.requestTimeEpoch ?? startMs,
    endMs: Date.now(),
    isFailed: status >= 500,
    attributes: {
      'http.request.method': httpMethod,
      'http.route': resource,
      'http.response.status_code': status,
      'secure_api.request_id': requestContext?.requestId ?? '',
    },
  };
}
