import { monotonicMs } from '../monotonicMs.ts';
import type { RequestTrace } from './requestTrace.ts';

/** Names follow the semantic conventions of OpenTelemetry; no value comes from a header, a query, a path or a body. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A part of the work of a request. */
export interface Span {
  readonly name: string;
  /** `server`: a request that arrived; `client`: one that was sent; `internal`: neither. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly isFailed: boolean;
  readonly attributes: SpanAttributes;
}

/** Records the spans of one request. Only functions of APIs with the prop `tracing` have one in their bundle. */
export interface SpanRecorder {
  /** The step of the request that runs, if one does. */
  readonly phaseId: string | undefined;
  /** Begins the next step, and ends the one before. */
  beginPhase(name: string | undefined, isFailed: boolean): void;
  /** Records what runs as a span, below another one. */
  record<T>(parts: SpanParts, parentId: string, run: (spanId: string) => Promise<T>): Promise<T>;
}

/** What a span has when it begins. */
export type SpanParts = Pick<Span, 'name' | 'kind' | 'attributes'>;

/** Where the spans of sampled requests go. */
export interface SpanExporter {
  /** Sends spans of one trace. Never throws, and ends soon: before Lambda ends the function in `leftMs`. */
  send(traceId: string, spans: readonly Span[], leftMs?: number): Promise<void>;
}

/** Time in which at least one call of a kind ran: calls at the same time count once. */
interface Stopwatch {
  running: number;
  sinceMs: number;
  totalMs: number;
}

/** The request that runs, and what is measured of it. */
interface Measured {
  readonly trace: RequestTrace;
  /** Undefined until another service is called: most requests call none. */
  watches: Map<string, Stopwatch> | undefined;
  /** Undefined where spans are not recorded. */
  readonly recorder: SpanRecorder | undefined;
}

interface Scope {
  readonly measured: Measured;
  /** The span that surrounds what runs; undefined directly below the request. */
  readonly spanId?: string;
}

// An import of the module would read each of its exports (ADR 72).
const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');
/** An instance of Lambda can still run an ended request beside the next one, so what runs knows its request by its own context. */
const scopes = new AsyncLocalStorage<Scope>();
const ALL = '';

/** The request that the running code belongs to; undefined outside of one. */
export function currentTrace(): RequestTrace | undefined {
  return scopes.getStore()?.measured.trace;
}

/** The span that calls are children of. */
export function currentSpanId(): string | undefined {
  const scope = scopes.getStore();
  return scope && parentOf(scope);
}

/** Runs the work of a request, whose parts are measured. Of a sampled one, the recorder gets the spans. */
export function measured<T>(trace: RequestTrace, run: () => T, recorder?: SpanRecorder): T {
  return scopes.run({ measured: { trace, watches: undefined, recorder } }, run);
}

/** What entries of the log have about calls: whole milliseconds by service, and together; nothing where none was called. */
export function dependencyTimes(): {
  readonly dependencies?: Readonly<Record<string, number>>;
  readonly dependencyMs?: number;
} {
  const watches = scopes.getStore()?.measured.watches;
  if (watches === undefined) return {};
  const now = monotonicMs();
  const timeOf = ({ running, sinceMs, totalMs }: Stopwatch) => Math.round(totalMs + (running > 0 ? now - sinceMs : 0));
  const times = new Map([...watches].map(([name, watch]) => [name, timeOf(watch)]));
  const dependencyMs = times.get(ALL) ?? 0;
  times.delete(ALL);
  return { dependencies: Object.fromEntries(times), dependencyMs };
}

/** What a call of another service is, for the log (`service`) and for its span. */
export interface Dependency {
  /** In lower case, such as `dynamodb`. */
  readonly service: string;
  readonly span: string;
  readonly attributes?: SpanAttributes;
}

/** Names of services as the SDK has them, by those that sign requests. */
const AWS_SERVICES: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDB',
  s3: 'S3',
  secretsmanager: 'Secrets Manager',
  apigateway: 'API Gateway',
  monitoring: 'CloudWatch',
  kms: 'KMS',
  sns: 'SNS',
  sts: 'STS',
  wafv2: 'WAFV2',
};

/** A call of AWS: https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/ */
export function awsDependency(service: string, operation: string): Dependency {
  const named = AWS_SERVICES[service] ?? service;
  const attributes = { 'rpc.system': 'aws-api', 'rpc.service': named, 'rpc.method': operation };
  return { service: service.toLowerCase().replaceAll(' ', ''), span: `${named}.${operation}`, attributes };
}

/** Measures a call of another service. */
export async function dependency<T>(called: Dependency, call: () => Promise<T>): Promise<T> {
  const scope = scopes.getStore();
  if (scope === undefined) return call();
  scope.measured.watches ??= new Map();
  const { watches } = scope.measured;
  const stops = [ALL, called.service].map((name) => startWatch(watches, name));
  try {
    return await recorded(scope, { name: called.span, kind: 'client', attributes: called.attributes ?? {} }, call);
  } finally {
    for (const stop of stops) stop();
  }
}

/** Records a part of the work as a span, the parent of what it calls. */
export function span<T>(name: string, run: () => T | Promise<T>, attributes: SpanAttributes = {}): T | Promise<T> {
  const scope = scopes.getStore();
  // Most requests are not recorded, and nothing waits for what is not asynchronous.
  if (scope?.measured.recorder === undefined) return run();
  return recorded(scope, { name, kind: 'internal', attributes }, async () => run());
}

/** Begins the next step of a request, one after the other: what it calls are its children. It ends the step before, which failed or not. */
export function beginPhase(name: string | undefined, isFailed = false): void {
  scopes.getStore()?.measured.recorder?.beginPhase(name, isFailed);
}

async function recorded<T>(scope: Scope, parts: SpanParts, run: () => Promise<T>): Promise<T> {
  const { measured: running } = scope;
  if (running.recorder === undefined) return run();
  return running.recorder.record(parts, parentOf(scope), (spanId) => scopes.run({ measured: running, spanId }, run));
}

function parentOf({ measured: { recorder, trace }, spanId }: Scope): string {
  return spanId ?? recorder?.phaseId ?? trace.spanId;
}

function startWatch(watches: Map<string, Stopwatch>, name: string): () => void {
  const watch = watches.get(name) ?? { running: 0, sinceMs: 0, totalMs: 0 };
  watches.set(name, watch);
  if (watch.running === 0) watch.sinceMs = monotonicMs();
  watch.running += 1;
  return () => {
    watch.running -= 1;
    if (watch.running === 0) watch.totalMs += monotonicMs() - watch.sinceMs;
  };
}
