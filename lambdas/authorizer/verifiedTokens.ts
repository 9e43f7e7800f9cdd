import { hash } from '../shared/nodeCrypto.ts';
import type { VerificationKey } from '../shared/verificationKeys.ts';
import { type DecodedToken, decodeToken } from './decodeToken.ts';
import type { JwtHeader, JwtPayload } from './jwt.ts';
import type { VerifiedToken } from './verifiedToken.ts';

/** Maximum number of tokens. A header has at most 10 KB ("API Gateway quotas"), so they take some 20 MB at most. */
export const MAX_TOKENS = 1_000;
/** Maximum number of headers: more than the keys that issuers sign with at a time. */
const MAX_HEADERS = 16;

/** Tokens whose signature this instance verified, so that the same bytes are not decoded and verified again. */
export interface VerifiedTokens {
  /**
   * The parts of a token, as they were decoded for an earlier request if its signature was verified then.
   *
   * @throws {TokenRejected} as `decodeToken`.
   */
  decode(compact: string): DecodedToken;
  /** Whether this key verified the signature of this token, which is the object that `decode` returned: a copy proves nothing. */
  isVerified(token: DecodedToken, key: VerificationKey): boolean;
  /** Remembers that it did. From then on the claims are frozen, and the same object for each request with this token. */
  add(token: DecodedToken, key: VerificationKey): void;
  /** What {@link keepAccepted} kept last with a token that `decode` returned. */
  acceptedOf(token: DecodedToken): VerifiedToken | undefined;
  /** Keeps that the rules of an issuer accept the claims of a token, besides their times. Without effect for one that no key verified. */
  keepAccepted(token: DecodedToken, accepted: VerifiedToken): void;
}

/** What is kept of a token: not the token. */
interface Kept {
  readonly header: JwtHeader;
  readonly payload: JwtPayload;
  readonly key: VerificationKey;
  accepted: VerifiedToken | undefined;
}

/**
 * Remembers what cannot change: whether a key verifies a signature over these bytes, and what they say; what else follows from that is computed
 * once (ADR 64), such as whether the rules of the issuer accept the claims. The times, the keys that the issuer publishes, the deny list, the
 * client and what the token is bound to are checked for each request. A key is compared as the object that was read from the issuer, so after
 * each reading of its keys tokens are verified again. Tokens are found by their SHA-256. Nothing is kept of a token that no key verified.
 */
export function verifiedTokens(): VerifiedTokens {
  const kept = new Map<string, Kept>();
  /** The digests of what is kept, in the order in which they came, round and round: a map finds its oldest entry behind all deleted ones. */
  const digests: string[] = [];
  let oldest = 0;
  /** Of tokens that a key verified, by their encoding: those of an issuer have mostly the same. */
  const headers = new Map<string, JwtHeader>();
  const keepHeader = (compact: string, header: JwtHeader) => {
    // It is one of these already.
    if (Object.isFrozen(header)) return header;
    const encoded = compact.slice(0, compact.indexOf('.'));
    const known = headers.get(encoded);
    if (known !== undefined) return known;
    if (headers.size >= MAX_HEADERS) headers.clear();
    headers.set(encoded, frozen(header));
    return header;
  };
  const knownHeader = (encoded: string) => headers.get(encoded);
  return {
    decode(compact) {
      const digest = digestOf(compact);
      const known = kept.get(digest);
      return new ReadToken(compact, digest, known ?? decodeToken(compact, knownHeader), known);
    },
    isVerified: ReadToken.isVerified,
    acceptedOf: ReadToken.acceptedOf,
    keepAccepted: ReadToken.keepAccepted,
    add(token, key) {
      const { compact, header, payload } = token;
      const digest = ReadToken.digestOf(token);
      if (!kept.has(digest)) {
        kept.delete(digests[oldest] ?? '');
        digests[oldest] = digest;
        oldest = (oldest + 1) % MAX_TOKENS;
      }
      const made = { header: keepHeader(compact, header), payload: frozen(payload), key, accepted: undefined };
      kept.set(digest, made);
      ReadToken.setKept(token, made);
    },
  };
}

/** A token that is read for a request. What is private is of this object alone: no copy of it, and nothing like it, counts as verified. */
class ReadToken implements DecodedToken {
  readonly compact: string;
  readonly header: JwtHeader;
  readonly payload: JwtPayload;
  readonly #digest: string;
  #kept: Kept | undefined;

  constructor(
    compact: string,
    digest: string,
    { header, payload }: Pick<Kept, 'header' | 'payload'>,
    kept: Kept | undefined,
  ) {
    this.compact = compact;
    this.header = header;
    this.payload = payload;
    this.#digest = digest;
    this.#kept = kept;
  }

  static digestOf(token: DecodedToken): string {
    return #digest in token ? token.#digest : digestOf(token.compact);
  }

  static isVerified(token: DecodedToken, key: VerificationKey): boolean {
    return #kept in token && token.#kept?.key === key;
  }

  static acceptedOf(token: DecodedToken): VerifiedToken | undefined {
    return #kept in token ? token.#kept?.accepted : undefined;
  }

  static keepAccepted(token: DecodedToken, accepted: VerifiedToken): void {
    if (#kept in token && token.#kept !== undefined) token.#kept.accepted = accepted;
  }

  static setKept(token: DecodedToken, kept: Kept): void {
    if (#kept in token) token.#kept = kept;
  }
}

function digestOf(compact: string): string {
  return hash('sha256', compact, 'base64url');
}

/** No request can change what the next one reads. */
function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) frozen(member);
  return Object.freeze(value);
}
