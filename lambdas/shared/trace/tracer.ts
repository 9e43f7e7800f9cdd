import type { SpanExporter } from './measure.ts';
import type { RequestTrace, TraceRules } from './requestTrace.ts';
import type { RequestSpans } from './spans.ts';

/** Decides which requests are recorded, records and takes their spans. Only functions of APIs with the prop `tracing` have one in their bundle. */
export interface Tracer extends TraceRules, SpanExporter {
  /** Records the spans of a sampled request. */
  readonly record: (trace: RequestTrace) => RequestSpans;
}

/** Makes the tracer of a function. */
export type MakeTracer = (environment: NodeJS.ProcessEnv) => Tracer;
