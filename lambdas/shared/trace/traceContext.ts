/** Trace contexts of a request as clients and AWS send them. Whatever is not as specified is ignored: it rejects no request. */

/** The caller's part of a trace (W3C Trace Context, level 2). */
export interface TraceParent {
  /** 32 hexadecimal digits in lower case. */
  readonly traceId: string;
  /** 16 hexadecimal digits in lower case. */
  readonly parentId: string;
  /** Whether the random part of the trace id is random (level 2, section 3.2.2.5.2). */
  readonly isRandom: boolean;
}

/** A trace of AWS X-Ray, its id in the form of W3C. */
export interface XRayTrace {
  readonly traceId: string;
  readonly parentId?: string;
  readonly isSampled: boolean;
}

/** https://www.w3.org/TR/trace-context-2/#traceparent-header-field-values */
const TRACE_PARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-[\x21-\x7e]*)?$/;
/** A later version can be longer than the 55 characters of today's. */
const LONGEST_TRACE_PARENT = 128;
const ONLY_ZEROS = /^0+$/;
const RANDOM_FLAG = 0x02;
/** https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values */
const STATE_MEMBER =
  /^([a-z\d][a-z\d_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MOST_STATE_MEMBERS = 32;
/** Propagators have to keep 512 characters, and do not have to keep more. */
const LONGEST_STATE = 512;
/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const XRAY_ROOT = /^1-[\da-f]{8}-[\da-f]{24}$/;
const ROOT_LENGTH = 'Root=1-5759e988-bd862e3fe1be46a994272793'.length;
const XRAY_PARENT = /^[\da-f]{16}$/;
const LONGEST_XRAY = 512;

/** Reads the values of the header `traceparent`, of which there has to be one. */
export function traceParentOf(values: readonly string[] = []): TraceParent | undefined {
  const [value] = values;
  if (value === undefined || values.length > 1 || value.length > LONGEST_TRACE_PARENT) return undefined;
  const [, version = '', traceId = '', parentId = '', flags = '', more] = TRACE_PARENT.exec(value) ?? [];
  if (version === '' || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (ONLY_ZEROS.test(traceId) || ONLY_ZEROS.test(parentId)) return undefined;
  return { traceId, parentId, isRandom: (Number.parseInt(flags, 16) & RANDOM_FLAG) !== 0 };
}

/** Reads the values of the header `tracestate`, which is passed on as it is, or not at all. */
export function traceStateOf(values: readonly string[]): string | undefined {
  const state = values.join(',');
  if (state.length > LONGEST_STATE) return undefined;
  const members = state
    .split(',')
    .map((member) => member.replaceAll(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = members.map((member) => STATE_MEMBER.exec(member)?.[1]);
  if (members.length === 0 || members.length > MOST_STATE_MEMBERS) return undefined;
  return keys.includes(undefined) || new Set(keys).size < keys.length ? undefined : members.join(',');
}

/** Reads `Root=1-…;Parent=…;Sampled=1`, as the header `X-Amzn-Trace-Id` and the variable `_X_AMZN_TRACE_ID` have it. */
export function xrayTraceOf(value: string | undefined): XRayTrace | undefined {
  if (value === undefined || value.length > LONGEST_XRAY) return undefined;
  let [root, parentId, sampled] = ['', '', ''];
  // Most have nothing else.
  if (value.startsWith('Root=') && value.length === ROOT_LENGTH) root = value.slice('Root='.length);
  else
    for (const field of value.split(';')) {
      const [name, content = ''] = field.trim().split('=');
      if (name === 'Root') root = content;
      else if (name === 'Parent') parentId = content;
      else if (name === 'Sampled') sampled = content;
    }
  const traceId = XRAY_ROOT.test(root) ? `${root.slice(2, 10)}${root.slice(11)}` : '';
  if (traceId === '' || (traceId.startsWith('00') && ONLY_ZEROS.test(traceId))) return undefined;
  const isSampled = sampled === '1';
  return parentId !== '' && XRAY_PARENT.test(parentId) ? { traceId, parentId, isSampled } : { traceId, isSampled };
}

/** The id of a trace as X-Ray writes it: `1-5759e988-bd862e3fe1be46a994272793`. */
export function xrayTraceId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}
