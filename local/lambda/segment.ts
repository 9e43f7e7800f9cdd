import type { FunctionModel } from '../assembly/model.ts';
import { randomHex } from '../assembly/randomHex.ts';
import type { InvocationTrace, TraceSpan } from '../contracts.ts';

/** The part of a function in the trace of an event. */
interface FunctionSegment {
  /** What Lambda sets as `_X_AMZN_TRACE_ID`. */
  readonly trace: string;
  readonly ended: (isFailed: boolean) => void;
}

/**
 * Begins the segment of a function. It is recorded where the caller records the trace, and the function has active tracing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export function functionSegment(
  { name, tracing }: FunctionModel,
  caller: InvocationTrace | undefined,
  span?: (span: TraceSpan) => void,
): FunctionSegment {
  const startMs = Date.now();
  const seconds = Math.floor(startMs / 1000)
    .toString(16)
    .padStart(8, '0');
  const root = caller?.root ?? `1-${seconds}-${randomHex(24)}`;
  const spanId = randomHex(16);
  const parentId = caller?.segmentId;
  const isRecorded = span !== undefined && tracing === true && parentId !== undefined;
  return {
    trace: `Root=${root};Parent=${spanId};Sampled=${isRecorded ? 1 : 0}`,
    ended(failed) {
      if (!isRecorded) return;
      span({
        traceId: root.slice(2).replace('-', ''),
        spanId,
        parentId,
        name,
        kind: 'server',
        start: new Date(startMs).toISOString(),
        durationMs: Date.now() - startMs,
        failed,
        attributes: {},
      });
    },
  };
}
