import { CLIENT_REQUEST_ID, TRACE_PARENT, TRACE_RESPONSE, TRACE_STATE } from '../httpHeaders.ts';
import { hash, randomBytes } from '../nodeCrypto.ts';
import { redactString } from '../redact.ts';
import { traceParentOf, traceStateOf, xrayTraceOf } from './traceContext.ts';

const XRAY = 'x-amzn-trace-id';
const CLIENT_ID_HEADER = CLIENT_REQUEST_ID.toLowerCase();

/** Nothing that needs an escape in JSON, a header, a URL, a shell or a query; as long as two UUIDs with what joins them. */
const CLIENT_ID = /^[A-Za-z\d][A-Za-z\d._:-]{0,79}$/;

/** As API Gateway's request ids are. Their digits need no hash (ADR 51). */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** What a request is found by: in logs, in traces, and at the services that it calls. */
export interface RequestTrace {
  /** 32 hexadecimal digits: the caller's trace; else that of AWS; else a new one. */
  readonly traceId: string;
  /** 16 hexadecimal digits: of this request, the same in authorizer and handler, because API Gateway's request id determines it. */
  readonly spanId: string;
  /** What the span of the request is a child of. */
  readonly parentId?: string;
  /** Whether spans are recorded. */
  readonly isSampled: boolean;
  /** Whether the caller says that its trace id is random. */
  readonly isRandom?: boolean;
  /** The caller's `tracestate`, passed on as it is. */
  readonly state?: string;
  /** The caller's own id of the request. */
  readonly clientRequestId?: string;
  /** The caller's trace, where it is not the one of the request: with X-Ray, AWS decides on the trace. */
  readonly callerTraceId?: string;
  /** Whether the caller sent a context, and so gets one back. */
  readonly isContinued: boolean;
}

/** Who decides on the trace of a request. */
export interface TraceRules {
  /** The trace that Lambda continues, where X-Ray decides. @default - the caller's trace is continued */
  readonly ofLambda?: () => string | undefined;
  /** Whether the spans of a request are recorded, by a number from 0 to 1 that its id determines. @default - none are */
  readonly isSampled?: (share: number) => boolean;
}

/** The parts of an event of API Gateway that say what a request belongs to. */
export interface TracedEvent {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
}

/**
 * Reads what a request belongs to. The caller's trace is continued, but the caller does not decide whether spans are recorded: the
 * request id does, which the gateway chooses, so that authorizer and handler agree and no client can make traces expensive.
 */
export function requestTrace(event: TracedEvent, requestId: string, rules: TraceRules = {}): RequestTrace {
  const sent = sentHeaders(event);
  const caller = traceParentOf(sent[TRACE_PARENT]);
  const aws = xrayTraceOf(rules.ofLambda?.() ?? sent[XRAY]?.[0]);
  let made: string | undefined;
  const digest = () => {
    made ??= requestId === '' ? randomBytes(32).toString('hex') : hash('sha256', requestId, 'hex');
    return made;
  };
  const clientRequestId = clientIdOf(sent[CLIENT_ID_HEADER]);
  const named: Writable<Omit<RequestTrace, 'traceId' | 'isSampled'>> = {
    spanId: spanIdOf(UUID.test(requestId) ? requestId.slice(0, 8) + requestId.slice(-8) : digest()),
    isContinued: caller !== undefined,
  };
  if (clientRequestId !== undefined) named.clientRequestId = clientRequestId;
  if (rules.ofLambda !== undefined && aws !== undefined) {
    const ofCaller = caller === undefined ? {} : { callerTraceId: caller.traceId };
    return { ...named, ...aws, ...ofCaller };
  }
  const isSampled = rules.ofLambda === undefined && rules.isSampled?.(shareOf(digest())) === true;
  if (caller !== undefined) {
    const state = traceStateOf(sent[TRACE_STATE] ?? []);
    return { ...named, ...caller, isSampled, ...(state === undefined ? {} : { state }) };
  }
  return { ...named, traceId: aws?.traceId ?? digest().slice(32), isSampled };
}

/** A type whose members are written one after the other, because copies of objects are a part of the time of each request. */
type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

/** A number from 0 to 1, by digits that no id has. */
function shareOf(digest: string): number {
  return Number.parseInt(digest.slice(16, 24), 16) / 2 ** 32;
}

/** 16 hexadecimal digits, with a letter in the middle: digits alone would be hidden in the log when they look like a card number. */
function spanIdOf(digits: string): string {
  return `${digits.slice(0, 8)}${'abcdef'[Number.parseInt(digits.slice(8, 10), 16) % 6]}${digits.slice(9, 16)}`;
}

/** A random id of a span. */
export function newSpanId(): string {
  return spanIdOf(randomBytes(8).toString('hex'));
}

/** One id, of the alphabet, without what the log would hide: it stands in logs, in the response, and in the logs of other services. */
function clientIdOf(ids: readonly string[] = []): string | undefined {
  const [id] = ids;
  return id !== undefined && ids.length === 1 && CLIENT_ID.test(id) && redactString(id) === id ? id : undefined;
}

/** The context in the form of W3C, for the services that a request calls, and for its response. */
export function traceParentFor({ traceId, isSampled, isRandom }: RequestTrace, spanId: string): string {
  return `00-${traceId}-${spanId}-0${(isSampled ? 1 : 0) + (isRandom === true ? 2 : 0)}`;
}

/** What entries of the log have of a request. */
export function traceKeys({ traceId, spanId, clientRequestId, callerTraceId }: RequestTrace): TraceKeys {
  const keys: TraceKeys = { traceId, spanId };
  if (clientRequestId !== undefined) keys.clientRequestId = clientRequestId;
  if (callerTraceId !== undefined) keys.callerTraceId = callerTraceId;
  return keys;
}

/** Members that entries of the log have of a request. */
export type TraceKeys = Writable<Pick<RequestTrace, 'traceId' | 'spanId' | 'clientRequestId' | 'callerTraceId'>>;

/** What a client that names its request or its trace gets back, in lower case. */
export function traceResponseHeaders(trace: RequestTrace): Readonly<Record<string, string>> {
  const { clientRequestId, isContinued, spanId } = trace;
  return {
    ...(clientRequestId === undefined ? {} : { [CLIENT_REQUEST_ID.toLowerCase()]: clientRequestId }),
    ...(isContinued ? { [TRACE_RESPONSE]: traceParentFor(trace, spanId) } : {}),
  };
}

const READ_NAMES = [TRACE_PARENT, TRACE_STATE, CLIENT_ID_HEADER, XRAY];
/** Names of the headers that are read here, by their length: each has another one, and few other headers have one of these. */
const READ: (string | undefined)[] = Array.from({ length: Math.max(...READ_NAMES.map((name) => name.length)) + 1 });
for (const name of READ_NAMES) READ[name.length] = name;
if (new Set(READ).size <= READ_NAMES.length)
  throw new Error(`two of ${READ_NAMES.join(', ')} have the same length: find them by name`);

type SentHeaders = { readonly [Name in string]?: readonly string[] };

/**
 * All values of the headers that are read here, by their names in lower case; each spelling of a name adds values. An event that cannot be
 * read has none: what serves the request reports its fault.
 */
function sentHeaders(event: TracedEvent): SentHeaders {
  const found: Record<string, readonly string[]> = {};
  try {
    const sent: Readonly<Record<string, string | readonly string[] | undefined>> =
      event.multiValueHeaders ?? event.headers ?? {};
    for (const written of Object.keys(sent)) {
      const name = READ[written.length];
      if (name === undefined || written.toLowerCase() !== name) continue;
      const value = sent[written] ?? [];
      const values = Array.isArray(value) ? value : [value];
      found[name] = found[name]?.concat(values) ?? values;
    }
  } catch {
    return {};
  }
  return found;
}
