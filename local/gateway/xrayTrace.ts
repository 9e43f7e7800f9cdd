/** The trace of a request, as X-Ray has it from the gateway to the functions. */

import type { RestApiModel } from '../assembly/model.ts';
import { randomHex } from '../assembly/randomHex.ts';
import type { InvocationTrace, TraceSpan } from '../contracts.ts';
import type { Ending } from './contextVariables.ts';
import type { RequestState } from './requestState.ts';

/**
 * The header that API Gateway adds to each request: the root of the client if it sent one, and with traces the segment of the gateway.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export const TRACE_HEADER = 'X-Amzn-Trace-Id';

/** Begins the trace of a request, or continues that of a client. */
export function requestXRayTrace(sent: string | undefined, receivedAt: number, isRecorded: boolean): InvocationTrace {
  const [root] = /(?<=(?:^|;\s*)Root=)1-[\da-f]{8}-[\da-f]{24}(?=;|$)/.exec(sent ?? '') ?? [];
  const seconds = Math.floor(receivedAt / 1000)
    .toString(16)
    .padStart(8, '0');
  const segment = isRecorded ? { segmentId: randomHex(16) } : {};
  return { root: root ?? `1-${seconds}-${randomHex(24)}`, ...segment };
}

/** The value of the header. */
export function traceHeader({ root, segmentId }: InvocationTrace): string {
  return segmentId === undefined ? `Root=${root}` : `Root=${root};Parent=${segmentId};Sampled=1`;
}

/** Makes what records the gateway's own segment of a request: the whole of it, with the route's template instead of its path. */
export function createSegments(
  api: RestApiModel,
  span: ((span: TraceSpan) => void) | undefined,
): (state: RequestState, ending: Ending) => void {
  const name = `${api.name}/${api.stage.name}`;
  return ({ request, route }, { status, latencyMs }) => {
    const { trace, receivedAt, method } = request;
    if (span === undefined || trace?.segmentId === undefined) return;
    span({
      traceId: trace.root.slice(2).replace('-', ''),
      spanId: trace.segmentId,
      name,
      kind: 'server',
      start: new Date(receivedAt).toISOString(),
      durationMs: latencyMs,
      failed: status !== undefined && status >= 500,
      attributes: {
        'http.request.method': method,
        ...(route === undefined ? {} : { 'http.route': route.resourcePath }),
        ...(status === undefined ? {} : { 'http.response.status_code': status }),
      },
    });
  };
}
