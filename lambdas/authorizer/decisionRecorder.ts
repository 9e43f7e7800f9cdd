import { measured, type Span } from '../shared/trace/measure.ts';
import { newSpanId, type RequestTrace } from '../shared/trace/requestTrace.ts';
import type { MakeTracer } from '../shared/trace/tracer.ts';
import type { AuthorizerEvent } from './event.ts';
import type { DecisionRecorder } from './tracedDecision.ts';

/**
 * Makes what records decisions as spans, which a tracer takes. The span of the authorizer is a child of that of the request, which the handler
 * records; for a request that the authorizer rejects, it is recorded here. One that the gateway rejects after the authorizer has none:
 * nothing of ours runs for it.
 */
export function decisionRecorder(makeTracer: MakeTracer): (environment: NodeJS.ProcessEnv) => DecisionRecorder {
  return (environment) => {
    const tracer = makeTracer(environment);
    const isOfLambda = tracer.ofLambda !== undefined;
    return {
      rules: tracer,
      decide(event, trace, decide, context) {
        const { parentId, ...named } = trace;
        const above = isOfLambda ? parentId : trace.spanId;
        const own = { ...named, spanId: newSpanId(), ...(above === undefined ? {} : { parentId: above }) };
        const recorder = tracer.recorderOf(own);
        const run = async () => {
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
            const isFailed = status >= 500;
            const spans = recorder.end({
              name: 'authorizer',
              kind: 'internal',
              startEpochMs: startMs,
              isFailed,
              attributes,
            });
            const whole = isOfLambda || status === 200 ? [] : [requestSpan(event, trace, startMs, status)];
            await tracer.send(trace.traceId, [...whole, ...spans], context?.getRemainingTimeInMillis?.());
          }
        };
        return measured(own, run, recorder);
      },
    };
  };
}

const OUTCOMES: Readonly<Record<number, string>> = { 200: 'allow', 401: 'reject', 403: 'deny' };

function requestSpan(event: AuthorizerEvent, trace: RequestTrace, startMs: number, status: number): Span {
  const { httpMethod, resource, requestContext } = event;
  return {
    name: `${httpMethod} ${resource}`,
    kind: 'server',
    spanId: trace.spanId,
    parentId: trace.parentId,
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
