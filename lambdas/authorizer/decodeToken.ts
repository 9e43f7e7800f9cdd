import { jsonFault } from '../shared/json.ts';
import { checkClaimTypes } from './claims.ts';
import type { JwtHeader, JwtPayload } from './jwt.ts';
import { TokenRejected } from './reasons.ts';

/** RFC 7515, section 7.1: three parts in base64url without padding. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** RFC 7516, section 7.1: an encrypted token has five parts, some of which can be empty. */
const ENCRYPTED = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){4}$/;
/** Maximum nesting of claims; `address` and `act` are the deepest registered ones. */
const MAX_DEPTH = 16;

/** The parts of a token, not verified. */
export interface DecodedToken {
  readonly compact: string;
  readonly header: JwtHeader;
  readonly payload: JwtPayload;
}

/** Whether a token looks like a JWT, signed or encrypted; any other token is opaque. */
export function isJwt(token: string): boolean {
  return COMPACT.test(token) || ENCRYPTED.test(token);
}

/**
 * Decodes a signed JWT (RFC 7519) that every parser reads alike: three parts, each the canonical encoding of its bytes
 * (RFC 4648, section 3.5), UTF-8, JSON objects without repeated names (RFC 7519, section 4), no nested token, registered
 * claims of the types that they have there.
 *
 * @param knownHeader a header by its encoding, if it is known: it was decoded here before.
 * @throws {TokenRejected} `token-malformed`, `token-encrypted`, `token-nested`, `encoding-not-canonical`, `member-repeated` or
 * `time-invalid`.
 */
export function decodeToken(
  compact: string,
  knownHeader: (encoded: string) => JwtHeader | undefined = () => undefined,
): DecodedToken {
  if (!COMPACT.test(compact)) throw new TokenRejected(ENCRYPTED.test(compact) ? 'token-encrypted' : 'token-malformed');
  const parts = compact.split('.');
  if (!parts.every(isCanonical)) throw new TokenRejected('encoding-not-canonical');
  const [encodedHeader = '', encodedPayload = ''] = parts;
  const known = knownHeader(encodedHeader);
  const header = known ?? objectOf(encodedHeader);
  const payload = objectOf(encodedPayload);
  if (known === undefined) checkHeaderTypes(header);
  checkClaimTypes(payload);
  return { compact, header: header as JwtHeader, payload: payload as JwtPayload };
}

function checkHeaderTypes(header: Members): void {
  // RFC 7519, section 5.2: the content type of a nested token.
  if (Object.hasOwn(header, 'cty')) throw new TokenRejected('token-nested');
  const isHeader = ['alg', 'kid'].every((name) => ['string', 'undefined'].includes(typeof header[name]));
  if (!isHeader) throw new TokenRejected('token-malformed');
}

/** The last characters whose unused bits are zero, by the number of characters beyond groups of four; one alone encodes no byte. */
const LAST_CHARACTERS = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'];

/**
 * Whether base64url without padding encodes whole bytes in the only way: unused bits of the last character must be zero, or one token would
 * have several encodings.
 *
 * @param encoded characters of base64url, at least one.
 */
export function isCanonical(encoded: string): boolean {
  return LAST_CHARACTERS[encoded.length % 4]?.includes(encoded.charAt(encoded.length - 1)) ?? true;
}

type Members = Readonly<Record<string, unknown>>;

function objectOf(encoded: string): Members {
  const json = stringOf(Buffer.from(encoded, 'base64url'));
  const value = parsed(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenRejected('token-malformed');
  const fault = jsonFault(json, MAX_DEPTH);
  if (fault !== undefined) throw new TokenRejected(fault === 'name-repeated' ? 'member-repeated' : 'token-malformed');
  return value as Members;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new TokenRejected('token-malformed');
  }
}

// An import of the module would read each of its exports (ADR 72).
const { isUtf8 } = process.getBuiltinModule('node:buffer');

function stringOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new TokenRejected('token-malformed');
  return bytes.toString('utf8');
}
