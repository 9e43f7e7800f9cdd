import type { ResponseContract, ResponseMode, RouteContract, Validate } from '../../lib/definition/bundledTypes.ts';
import { checkResponse } from './checkResponse.ts';
import type { ProxyResult } from './event.ts';

/** A handler returned what its route does not declare: a bug of the API, so the response is 500. */
export class InvalidResponse extends Error {
  /** `what` names the fault, never the body. */
  constructor(what: string) {
    super(`the handler's response ${what}`);
    this.name = 'InvalidResponse';
  }
}

/** How responses are compared with their contract. */
export interface ResponseRules {
  readonly contract: RouteContract;
  /** The validator of a body in the `ResponseMember` of its status. */
  readonly validate: Validate;
  readonly mode: ResponseMode;
  /** Headers of every response; those of the route and of the handler replace them. */
  readonly security: Readonly<Record<string, string>>;
  /** Where a response leads, as clients call it. */
  readonly locationOf: (location: string) => string;
  /** Called with the locations and rules of a body that is not as declared, never with values. */
  readonly differs: (locations: readonly string[]) => void;
}

/** A body as API Gateway takes it, with the headers that describe it. */
export type WrittenBody = Pick<ProxyResult, 'headers' | 'body' | 'isBase64Encoded'>;

/** Nothing that such a body names is loaded or run, and if a browser shows it, its origin is unique and has no data. */
const SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * The body of a response in its declared format: JSON by its schema, a string in UTF-8, or bytes in base64.
 *
 * @throws {InvalidResponse}
 */
export function writtenBody(
  { status, body: declared }: ResponseContract,
  body: unknown,
  rules: ResponseRules,
): WrittenBody {
  if ((declared !== undefined) !== (body !== undefined)) {
    throw new InvalidResponse(`must have ${declared === undefined ? 'no' : 'a'} body`);
  }
  if (declared === undefined) return { headers: {}, body: '' };
  const { type, format, active } = declared;
  if (format === 'json') return { headers: { 'content-type': type }, body: jsonBody(status, body, rules) };
  const protection = {
    'content-security-policy': SANDBOX,
    ...(active === true ? { 'content-disposition': 'attachment' } : {}),
  };
  if (format === 'text') {
    return { headers: { ...protection, 'content-type': `${type}; charset=utf-8` }, body: textBody(body) };
  }
  return { headers: { ...protection, 'content-type': type }, body: base64Body(body), isBase64Encoded: true };
}

/** Half of a surrogate pair is no character, so UTF-8 has no bytes for it. */
function textBody(body: unknown): string {
  if (typeof body !== 'string') throw new InvalidResponse('must have a string as its body');
  if (!body.isWellFormed()) throw new InvalidResponse('has a body that is not Unicode text');
  return body;
}

function base64Body(body: unknown): string {
  if (!(body instanceof Uint8Array)) throw new InvalidResponse('must have a Uint8Array as its body');
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64');
}

function jsonBody(status: number, body: unknown, { validate, mode, differs }: ResponseRules): string {
  const text = jsonOf(body);
  // Compares what the client receives: JSON made strings of dates, and removed undefined.
  const result = checkResponse(status, JSON.parse(text), validate, mode);
  if (result.kind === 'conforms') return text;
  differs(result.locations);
  if (result.body === undefined) throw new InvalidResponse(`is not as declared: ${result.locations.join(', ')}`);
  return JSON.stringify(result.body);
}

function jsonOf(body: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw new InvalidResponse('has a body that is not JSON');
  return text;
}

export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
