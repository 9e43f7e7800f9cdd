import { monotonicMs } from '../monotonicMs.ts';
import type { Span, SpanRecorder } from './measure.ts';
import { newSpanId, type RequestTrace } from './requestTrace.ts';

/**
 * A span for each of ten thousand calls would be of no use, and larger than any service takes. Our choice: a document of X-Ray has at most
 * 64 KB, https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
const MOST_SPANS = 200;

/** Records the spans of one request, and its end. */
export interface RequestRecorder extends SpanRecorder {
  /** Ends the request, as the function sees it that knows its end, and returns its spans. */
  end(request: Pick<Span, 'name' | 'kind' | 'attributes' | 'isFailed'> & { readonly startEpochMs: number }): Span[];
}

/** Makes the recorder of a request. */
export function requestRecorder({ spanId: ofRequest, parentId: aboveRequest }: RequestTrace): RequestRecorder {
  const spans: Span[] = [];
  /** Turns `monotonicMs()` into milliseconds since the epoch: a frozen instance does not count in it. */
  const epochMs = Date.now() - monotonicMs();
  let phase: { readonly spanId: string; readonly name: string; readonly startMs: number } | undefined;
  const add = ({ startMs, ...span }: Omit<Span, 'endMs'>, endMs: number) => {
    if (spans.length < MOST_SPANS) spans.push({ ...span, startMs: epochMs + startMs, endMs: epochMs + endMs });
  };
  const beginPhase: SpanRecorder['beginPhase'] = (name, isFailed) => {
    const now = monotonicMs();
    if (phase !== undefined) add({ ...phase, kind: 'internal', parentId: ofRequest, isFailed, attributes: {} }, now);
    phase = name === undefined ? undefined : { spanId: newSpanId(), name, startMs: now };
  };
  return {
    get phaseId() {
      return phase?.spanId;
    },
    beginPhase,
    async record(parts, parentId, run) {
      const spanId = newSpanId();
      const startMs = monotonicMs();
      let isFailed = true;
      try {
        const result = await run(spanId);
        isFailed = false;
        return result;
      } finally {
        add({ ...parts, spanId, parentId, startMs, isFailed }, monotonicMs());
      }
    },
    end({ startEpochMs, ...own }) {
      beginPhase(undefined, own.isFailed);
      const endMs = epochMs + monotonicMs();
      const startMs = Math.min(startEpochMs, endMs);
      spans.push({ ...own, spanId: ofRequest, parentId: aboveRequest, startMs, endMs });
      return spans;
    },
  };
}
