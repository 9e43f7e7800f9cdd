import { hash } from '../shared/nodeCrypto.ts';
import type { VerificationKey } from '../shared/verificationKeys.ts';
import { type DecodedToken, decodeToken } from './decodeToken.ts';
import type { JwtHeader, JwtPayload } from './jwt.ts';
import type { VerifiedToken } from './verifiedToken.ts';

/** Maximum number of tokens. A header has at most 10 KB ("API Gateway quotas"), so they take some 20 MB at most. */
export const MAX_TOKENS = 1_000;
/** Maximum number of headers: more than the keys that issuers sign with at a time. */
const MAX_HEADERS = 16;
/** Maximum number of marks of tokens that a key verified once. */
const MAX_MARKS = 4_000;
/** Characters of a mark: some 70 bits, of a signature of at least 256. V8 copies so few of a string, so the mark does not hold the token. */
const MARK_LENGTH = 12;

/** Tokens whose signature this instance verified twice, so that the same bytes are not decoded and verified a third time. */
export interface VerifiedTokens {
  /**
   * The parts of a token, as they were decoded for an earlier request if its signature was verified then.
   *
   * @throws {TokenRejected} as `decodeToken`.
   */
  decode(compact: string): DecodedToken;
  /** Whether this key verified the signature of this token, now or earlier. It is the object that `decode` returned: a copy proves nothing. */
  isVerified(token: DecodedToken, key: VerificationKey): boolean;
  /**
   * Notes that it did, or, from the second request on, keeps the token: then its claims are frozen, and the same object for each request with it.
   */
  add(token: DecodedToken, key: VerificationKey): void;
  /** What {@link keepAccepted} kept last with a token that `decode` returned. */
  acceptedOf(token: DecodedToken): VerifiedToken | undefined;
  /** Keeps that the rules of an issuer accept the claims of a token, besides their times. Without effect for one that no key verified. */
  keepAccepted(token: DecodedToken, accepted: VerifiedToken): void;
}

/** What is kept of a token: not the token. */
interface Kept {
  readonly digest: string;
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
 *
 * The first time, only a mark of the token and its header are kept: most tokens of many clients are not seen again before they are forgotten, and
 * would pay for a digest and for keeping (ADR 55).
 */
export function verifiedTokens(): VerifiedTokens {
  const once = new Set<string>();
  /** By their marks. */
  const kept = new Map<string, Kept>();
  /** The marks of what is kept, in the order in which they came, round and round: a map finds its oldest entry behind all deleted ones. */
  const order: string[] = [];
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
  const addMark = (mark: string) => {
    if (once.size >= MAX_MARKS) once.clear();
    once.add(mark);
  };
  const knownHeader = (encoded: string) => headers.get(encoded);
  return {
    decode(compact) {
      const found = kept.get(markOf(compact));
      const known = found !== undefined && found.digest === digestOf(compact) ? found : undefined;
      return new ReadToken(compact, known ?? decodeToken(compact, knownHeader), known);
    },
    isVerified: ReadToken.isVerified,
    acceptedOf: ReadToken.acceptedOf,
    keepAccepted: ReadToken.keepAccepted,
    add(token, key) {
      const { compact, payload } = token;
      const header = keepHeader(compact, token.header);
      const mark = markOf(compact);
      ReadToken.setVerifiedBy(token, key);
      if (!kept.has(mark)) {
        if (!once.delete(mark)) return addMark(mark);
        kept.delete(order[oldest] ?? '');
        order[oldest] = mark;
        oldest = (oldest + 1) % MAX_TOKENS;
      }
      const made = { digest: digestOf(compact), header, payload: frozen(payload), key, accepted: undefined };
      kept.set(mark, made);
      ReadToken.setKept(token, made);
    },
  };
}

/** A token that is read for a request. What is private is of this object alone: no copy of it, and nothing like it, counts as verified. */
class ReadToken implements DecodedToken {
  readonly compact: string;
  readonly header: JwtHeader;
  readonly payload: JwtPayload;
  #kept: Kept | undefined;
  /** The key that verified it for this request: issuers that share keys need not verify it again. */
  #verifiedBy: VerificationKey | undefined;

  constructor(compact: string, { header, payload }: Pick<Kept, 'header' | 'payload'>, kept: Kept | undefined) {
    this.compact = compact;
    this.header = header;
    this.payload = payload;
    this.#kept = kept;
  }

  static isVerified(token: DecodedToken, key: VerificationKey): boolean {
    return #kept in token && (token.#kept?.key === key || token.#verifiedBy === key);
  }

  static acceptedOf(token: DecodedToken): VerifiedToken | undefined {
    return #kept in token ? token.#kept?.accepted : undefined;
  }

  static keepAccepted(token: DecodedToken, accepted: VerifiedToken): void {
    if (#kept in token && token.#kept !== undefined) token.#kept.accepted = accepted;
  }

  static setVerifiedBy(token: DecodedToken, key: VerificationKey): void {
    if (#kept in token) token.#verifiedBy = key;
  }

  static setKept(token: DecodedToken, kept: Kept): void {
    if (#kept in token) token.#kept = kept;
  }
}

/** The end of a token, which is the end of its signature. */
function markOf(compact: string): string {
  return compact.slice(-MARK_LENGTH);
}

function digestOf(compact: string): string {
  return hash('sha256', compact, 'hex');
}

/** No request can change what the next one reads. */
function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) frozen(member);
  return Object.freeze(value);
}
