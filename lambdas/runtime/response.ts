import type { ProxyResult } from './event.ts';
import { checkRedirect } from './redirect.ts';
import { InvalidResponse, isPlainObject, type ResponseRules, writtenBody } from './responseBody.ts';
import { setCookies } from './setCookies.ts';

/** A header value of RFC 9110, section 5.5, in ASCII: nothing that ends the header. */
const HEADER_VALUE = /^[\x20-\x7e\t]*$/;
/** A header name of RFC 9110, section 5.1, as names are in practice. */
const HEADER_NAME = /^[a-z\d_-]{1,64}$/i;

type HeaderValue = string | readonly string[];

/** Lambda ends a function that returns more ("Lambda quotas"): the whole result as JSON, in which each quote of a body is escaped. */
const MAX_RESULT_BYTES = 6_291_556;
/** Most bytes of a UTF-16 unit in UTF-8, and most units of an escaped one. */
const MOST_BYTES_PER_UNIT = 6;

/**
 * Turns what a handler returned into an HTTP response: status and headers are declared, and the body is of the
 * declared media type, or missing where none is declared.
 *
 * @throws {InvalidResponse}
 */
export function responseOf(given: unknown, rules: ResponseRules): ProxyResult {
  const { contract } = rules;
  if (typeof given !== 'object' || given === null) throw new InvalidResponse('is no object');
  const { status, body, headers, cookies } = given as {
    readonly status?: unknown;
    readonly body?: unknown;
    readonly headers?: unknown;
    readonly cookies?: unknown;
  };
  const declared = contract.responses.find((response) => response.status === status);
  if (declared === undefined) throw new InvalidResponse('has a status that is not declared');
  const { headers: described, ...written } = writtenBody(declared, body, rules);
  const lines = setCookies(cookies, declared);
  const returned = headers === undefined ? new Map<string, HeaderValue>() : declaredHeaders(headers, declared.headers);
  if (lines.length > 0) returned.set('set-cookie', lines);
  checkRedirect(declared, returned);
  const location = returned.get('location');
  if (typeof location === 'string') returned.set('location', rules.locationOf(location));
  const result = {
    statusCode: declared.status,
    ...withHeaders({ ...rules.security, ...described }, returned),
    ...written,
  };
  if (isTooLarge(result)) throw new InvalidResponse('is larger than Lambda can return');
  return result;
}

function isTooLarge(result: ProxyResult): boolean {
  const { body, headers, multiValueHeaders = {} } = result;
  let units = body.length;
  for (const name of Object.keys(headers)) units += headers[name]?.length ?? 0;
  for (const name of Object.keys(multiValueHeaders))
    for (const value of multiValueHeaders[name] ?? []) units += value.length;
  // Small responses, which are almost all, are not written twice.
  return units * MOST_BYTES_PER_UNIT > MAX_RESULT_BYTES && Buffer.byteLength(JSON.stringify(result)) > MAX_RESULT_BYTES;
}

/** A header of a handler replaces one of the runtime, also where it has several values. */
function withHeaders(
  headers: Record<string, string>,
  declared: ReadonlyMap<string, HeaderValue>,
): Pick<ProxyResult, 'headers' | 'multiValueHeaders'> {
  const multiple: [string, readonly string[]][] = [];
  for (const [name, value] of declared) {
    if (typeof value === 'string') headers[name] = value;
    else {
      multiple.push([name, value]);
      delete headers[name];
    }
  }
  return multiple.length === 0 ? { headers } : { headers, multiValueHeaders: Object.fromEntries(multiple) };
}

/** Values by names in lower case; an empty list sends no header. */
function declaredHeaders(given: unknown, names: readonly string[]): Map<string, HeaderValue> {
  // What `Headers`, a `Map` or a prototype hold are no members: they would be dropped in silence.
  if (!isPlainObject(given)) throw new InvalidResponse('has headers that are no plain object');
  const known = names.map((name) => name.toLowerCase());
  const headers = new Map<string, HeaderValue>();
  for (const [written, member] of Object.entries(given)) {
    const name = written.toLowerCase();
    // A copy: what is checked is what is sent, and has no holes.
    const value: unknown = Array.isArray(member) ? Array.from(member) : member;
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    // As it is written: some keys are recognized by their upper case.
    if (!known.includes(name)) throw new InvalidResponse(`has the header ${shown(written)}, which is not declared`);
    if (headers.has(name)) throw new InvalidResponse(`has the header ${name} twice: give a list of its values`);
    if (!isHeaderValue(value) && !(Array.isArray(value) && value.every(isHeaderValue)))
      throw new InvalidResponse(`has a value of ${name} that is neither printable ASCII nor a list of such strings`);
    headers.set(name, value);
  }
  return headers;
}

/** A name that is none could hold anything, so the log does not show it. */
function shown(name: string): string {
  return HEADER_NAME.test(name) ? name : '[not a name]';
}

function isHeaderValue(value: unknown): value is string {
  return typeof value === 'string' && HEADER_VALUE.test(value);
}
