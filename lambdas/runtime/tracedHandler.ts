import { measured } from '../shared/trace/measure.ts';
import type { RequestRecorder } from '../shared/trace/requestRecorder.ts';
import { type RequestTrace, requestTrace, traceResponseHeaders } from '../shared/trace/requestTrace.ts';
import type { Tracer } from '../shared/trace/tracer.ts';
import { type LambdaHandler, type ProxyEvent, type ProxyResult, remainingMs } from './event.ts';

/** Runs each request with its trace: entries of the log name it, calls are measured, and a tracer gets the spans of sampled ones. */
export function tracedHandler(handle: LambdaHandler, tracer?: Tracer): LambdaHandler {
  return (event, context) => {
    const requestId = event.requestContext.requestId ?? context.awsRequestId ?? '';
    const trace = requestTrace(event, requestId, tracer);
    const recorder = trace.isSampled ? tracer?.recorderOf(trace) : undefined;
    const run = async () => {
      const startMs = Date.now();
      const result = await handle(event, context);
      if (tracer !== undefined && recorder !== undefined) {
        // With X-Ray the gateway and Lambda have their own spans around that of the request.
        const startEpochMs =
          tracer.ofLambda === undefined ? (event.requestContext.requestTimeEpoch ?? startMs) : startMs;
        const spans = recorder.end(spanOf(event, { status: result.statusCode, startEpochMs, requestId }));
        await tracer.send(trace.traceId, spans, remainingMs(context));
      }
      return withTraceHeaders(result, trace);
    };
    return measured(trace, run, recorder);
  };
}

/** The route's template, not the path: a path can hold what is personal. */
function spanOf(
  { httpMethod, resource }: ProxyEvent,
  { status, startEpochMs, requestId }: { status: number; startEpochMs: number; requestId: string },
): Parameters<RequestRecorder['end']>[0] {
  return {
    name: `${httpMethod} ${resource}`,
    kind: 'server',
    startEpochMs,
    isFailed: status >= 500,
    attributes: {
      'http.request.method': httpMethod,
      'http.route': resource,
      'http.response.status_code': status,
      'secure_api.request_id': requestId,
    },
  };
}

/** What the handler itself sends under these names stays. */
function withTraceHeaders(result: ProxyResult, trace: RequestTrace): ProxyResult {
  if (trace.clientRequestId === undefined && !trace.isContinued) return result;
  const own = Object.entries(traceResponseHeaders(trace)).filter(
    ([name]) => result.multiValueHeaders?.[name] === undefined,
  );
  return own.length === 0 ? result : { ...result, headers: { ...Object.fromEntries(own), ...result.headers } };
}
