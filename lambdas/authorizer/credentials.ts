import type { AuthorizerEvent } from './event.ts';
import { TokenRejected } from './reasons.ts';

/** Maximum bytes of an `Authorization` header; API Gateway allows 10,240 for all headers together. */
const MAX_HEADER_LENGTH = 8192;
/** RFC 9110, section 11.4: a scheme, one space or more, and a token68 (section 11.2). */
const CREDENTIALS = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +([A-Za-z0-9._~+/-]+=*)$/;

/** The content of the `Authorization` header. */
export interface Credentials {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
}

/**
 * Reads the access token of exactly one `Authorization` header of at most 8 KB: `Bearer` (RFC 6750, section 2.1) or
 * `DPoP` (RFC 9449, section 7.1). The scheme is case-insensitive; tokens in queries or bodies are ignored.
 *
 * @throws {TokenRejected} if the header is missing, repeated, too large, malformed or of another scheme.
 */
export function readCredentials(event: AuthorizerEvent): Credentials {
  const sent = headersNamed(event, 'authorization');
  const [header] = sent;
  if (header === undefined) throw new TokenRejected('authorization-missing');
  if (sent.length > 1) throw new TokenRejected('authorization-duplicate');
  if (header.length > MAX_HEADER_LENGTH) throw new TokenRejected('authorization-too-large');

  const [, name, token] = CREDENTIALS.exec(header) ?? [];
  const scheme = name?.toLowerCase();
  if (token === undefined) throw new TokenRejected('authorization-malformed');
  if (scheme !== 'bearer' && scheme !== 'dpop') throw new TokenRejected('scheme-unsupported');
  return { scheme, token };
}

/**
 * Every value of a header. Names are case-insensitive, so `Authorization` and `authorization` are two values.
 *
 * @param name in lower case.
 */
export function headersNamed(event: AuthorizerEvent, name: string): readonly string[] {
  const many = valuesNamed(event.multiValueHeaders, name);
  const sent: readonly (string | readonly string[] | undefined)[] =
    many.length > 0 ? many : valuesNamed(event.headers, name);
  const found: string[] = [];
  for (const values of sent) {
    if (typeof values === 'string') found.push(values);
    else if (Array.isArray(values)) found.push(...values);
  }
  return found;
}

/** The values of each member of a name, in any case. */
function valuesNamed<T>(headers: Readonly<Record<string, T>> | null | undefined, name: string): readonly T[] {
  const found: T[] = [];
  if (headers === undefined || headers === null) return found;
  for (const written of Object.keys(headers))
    if (written.length === name.length && written.toLowerCase() === name) found.push(headers[written] as T);
  return found;
}
