import type { SpanExporter } from './measure.ts';
import type { RequestRecorder } from './requestRecorder.ts';
import type { RequestTrace, TraceRules } from './requestTrace.ts';

/** Decides which requests are recorded, makes their recorders, and takes their spans. Only functions of APIs with the prop `tracing` have one in their bundle. */
export interface Tracer extends TraceRules, SpanExporter {
  /** Makes what records the spans of a sampled request. */
  readonly recorderOf: (trace: RequestTrace) => RequestRecorder;
}

/** Makes the tracer of a function. */
export type MakeTracer = (environment: NodeJS.ProcessEnv) => Tracer;
