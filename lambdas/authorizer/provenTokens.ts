import { hash } from 'node:crypto';
import type { VerificationKey } from '../shared/verificationKeys.ts';
import { type DecodedToken, decodeToken } from './decodeToken.ts';

/** Maximum number of tokens. A header has at most 10 KB ("API Gateway quotas"), so they take some 30 MB at most. */
export const MAX_TOKENS = 1_000;

/** Tokens whose signature was verified by this instance, so that the same bytes are not decoded and verified again. */
export interface ProvenTokens {
  /**
   * The parts of a token, from an earlier request if its signature was verified then.
   *
   * @throws {TokenRejected} as `decodeToken`.
   */
  decode(compact: string): DecodedToken;
  /** Whether this key verified the signature of this token. */
  isProven(token: DecodedToken, key: VerificationKey): boolean;
  /** Keeps that it did. */
  add(token: DecodedToken, key: VerificationKey): void;
}

/**
 * Makes the memory of an authorizer of what cannot change: whether a key verifies a signature over these bytes. It holds nothing else.
 * Expiry and the other claims, the keys that the issuer publishes, the deny list, the client and what the token is bound to are checked
 * for each request. A key is compared as the object that was read from the issuer, so after each reading tokens are verified
 * again. Tokens are found by their SHA-256, and those that no key verified are not kept.
 */
export function provenTokens(): ProvenTokens {
  const tokens = new Map<string, DecodedToken>();
  const keys = new WeakMap<DecodedToken, VerificationKey>();
  return {
    decode: (compact) => tokens.get(digestOf(compact)) ?? decodeToken(compact),
    isProven: (token, key) => keys.get(token) === key,
    add(token, key) {
      const digest = digestOf(token.compact);
      tokens.delete(digest);
      const oldest = tokens.size >= MAX_TOKENS ? tokens.keys().next().value : undefined;
      if (oldest !== undefined) tokens.delete(oldest);
      tokens.set(digest, frozen(token));
      keys.set(token, key);
    },
  };
}

function digestOf(compact: string): string {
  return hash('sha256', compact, 'base64url');
}

/** No request can change what the next one reads. */
function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) frozen(member);
  return Object.freeze(value);
}
