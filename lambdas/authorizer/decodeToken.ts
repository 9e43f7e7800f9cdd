import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { JwtHeader, JwtPayload } from 'aws-jwt-verify/jwt-model';
import { jsonFault } from '../shared/json.ts';
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
 * (RFC 4648, section 3.5), UTF-8, JSON objects without repeated names (RFC 7519, section 4), no nested token.
 *
 * @throws {TokenRejected} `token-malformed`, `token-encrypted`, `token-nested`, `encoding-not-canonical` or
 * `member-repeated`.
 */
export function decodeToken(compact: string): DecodedToken {
  if (ENCRYPTED.test(compact)) throw new TokenRejected('token-encrypted');
  if (!COMPACT.test(compact)) throw new TokenRejected('token-malformed');
  const [header = '', payload = '', signature = ''] = compact.split('.');
  for (const part of [header, payload, signature]) checkCanonical(part);
  const { header: parsed, payload: claims } = decompose(compact);
  for (const part of [header, payload]) checkMembers(part);
  // RFC 7519, section 5.2: the content type of a nested token.
  if (Object.hasOwn(parsed, 'cty')) throw new TokenRejected('token-nested');
  return { compact, header: parsed, payload: claims };
}

/** Unused bits of the last character must be zero, or one token would have several encodings. */
function checkCanonical(part: string): void {
  if (Buffer.from(part, 'base64url').toString('base64url') !== part) throw new TokenRejected('encoding-not-canonical');
}

function decompose(compact: string) {
  try {
    return decomposeUnverifiedJwt(compact);
  } catch {
    throw new TokenRejected('token-malformed');
  }
}

function checkMembers(part: string): void {
  const fault = jsonFault(stringOf(part), MAX_DEPTH);
  if (fault === undefined) return;
  throw new TokenRejected(fault === 'name-repeated' ? 'member-repeated' : 'token-malformed');
}

function stringOf(part: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, 'base64url'));
  } catch {
    throw new TokenRejected('token-malformed');
  }
}
