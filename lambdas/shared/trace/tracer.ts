import type { SpanExporter } from './measure.ts';
import type { TraceRules } from './requestTrace.ts';

/** Decides which requests are recorded, and takes their spans. Only functions of APIs with the prop `tracing` have one in their bundle. */
export interface Tracer extends TraceRules, SpanExporter {}

/** Makes the tracer of a function. */
export type MakeTracer = (environment: NodeJS.ProcessEnv) => Tracer;
