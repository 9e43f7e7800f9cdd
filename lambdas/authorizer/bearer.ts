import type { AuthorizerEvent } from './event.ts';
import { TokenRefused } from './reasons.ts';

/** Bytes of an Authorization header; API Gateway allows 10,240 for all headers together. */
const MAX_HEADER_LENGTH = 8192;
/** RFC 9110, section 11.4: a scheme, one space or more, and a token68 (section 11.2). */
const CREDENTIALS = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +([A-Za-z0-9._~+/-]+=*)$/;
/** RFC 7519: three parts in base64url without padding (RFC 7515, section 2). */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Reads the bearer token (RFC 6750, section 2.1) of exactly one `Authorization` header of at most 8 KB. The scheme is
 * case-insensitive; tokens in queries or bodies are not read.
 *
 * @throws {TokenRefused} where the header is missing, repeated, too large, malformed, of another scheme or no JWT.
 */
export function bearerToken(event: AuthorizerEvent): string {
  const [header, ...others] = authorizationHeaders(event);
  if (header === undefined) throw new TokenRefused('authorization-missing');
  if (others.length > 0) throw new TokenRefused('authorization-duplicate');
  if (header.length > MAX_HEADER_LENGTH) throw new TokenRefused('authorization-too-large');

  const [, scheme, token] = CREDENTIALS.exec(header) ?? [];
  if (scheme === undefined || token === undefined) throw new TokenRefused('authorization-malformed');
  if (scheme.toLowerCase() !== 'bearer') throw new TokenRefused('scheme-unsupported');
  if (!COMPACT.test(token)) throw new TokenRefused('token-malformed');
  return token;
}

/** Names are case-insensitive, so `Authorization` beside `authorization` is two. */
function authorizationHeaders(event: AuthorizerEvent): readonly string[] {
  const isAuthorization = ([name]: readonly [string, unknown]) => name.toLowerCase() === 'authorization';
  const many = Object.entries(event.multiValueHeaders ?? {}).filter(isAuthorization);
  if (many.length > 0) return many.flatMap(([, values]) => values ?? []);
  const single = Object.entries(event.headers ?? {}).filter(isAuthorization);
  return single.flatMap(([, value]) => value ?? []);
}
