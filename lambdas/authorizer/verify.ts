import type { TokenIssuer, WarmKeys } from '../../lib/definition/tokenIssuer.ts';
import type { Secrets } from '../shared/secretsManager.ts';
import { isPending } from '../shared/valueOrPromise.ts';
import { checkClaims, checkTimes } from './claims.ts';
import { type DecodedToken, isJwt } from './decodeToken.ts';
import { type IssuerParts, partFor } from './issuerParts.ts';
import type { JwtPayload } from './jwt.ts';
import { type KeySet, keySetAt } from './keySet.ts';
import type { Prove, ProveOpaque } from './prover.ts';
import { TokenRejected } from './reasons.ts';
import { keySetProver } from './signature.ts';
import { isOfIssuer } from './tokenKind.ts';
import { withOwner } from './tokenOwner.ts';
import type { VerifiedToken } from './verifiedToken.ts';
import { type VerifiedTokens, verifiedTokens } from './verifiedTokens.ts';

/** Verifies a token (RFC 7519, 8725, 9068, 7662). */
export type VerifyToken = (token: string) => VerifiedToken | Promise<VerifiedToken>;

/** What the verification needs besides its token issuers. */
export interface VerifierOptions {
  readonly secrets: Secrets;
  /** Keys by their `jwksUri`, read at synth. */
  readonly warmKeys?: Readonly<Record<string, WarmKeys>>;
  /** What only some issuers need. @default - no issuer needs any of it */
  readonly parts?: IssuerParts;
  /** Whether keys are read before the first token needs them. */
  readonly prepares?: boolean;
}

/**
 * Sets of keys that are read before the first token needs them. With more issuers than that, an instance sees tokens of few of them, and
 * each handshake takes time from the first request.
 */
const MAX_PREPARED = 4;

/** A token, whose parts only its issuer can read where it is opaque. */
type TokenParts = DecodedToken | Pick<DecodedToken, 'compact'>;

interface Candidate<P> {
  readonly tokenIssuer: TokenIssuer;
  readonly prove: P;
  /** Whether it proves claims that `verifiedTokens` can keep: then they are frozen, so what was once found about them stays true. */
  readonly areClaimsKept: boolean;
}

/**
 * Makes the verification for a list of token issuers. The `iss` of the token selects the issuer, whose keys verify no other
 * issuer's tokens. If several entries share an issuer, one of them must accept the token. The entry with introspection
 * verifies opaque tokens.
 *
 * The returned function throws {@link TokenRejected} for an invalid token and {@link AuthorizerFault} if keys, secrets or the
 * introspection endpoint are unreachable. It returns a promise only where it waits for one of them.
 */
export function tokenVerifier(tokenIssuers: readonly TokenIssuer[], options: VerifierOptions): VerifyToken {
  const keySets = new Map<string, KeySet>();
  const tokens = verifiedTokens();
  const introspecting: Candidate<ProveOpaque>[] = [];
  const signed: Candidate<Prove>[] = [];
  for (const tokenIssuer of tokenIssuers) {
    if ('introspection' in tokenIssuer)
      introspecting.push({
        tokenIssuer,
        prove: partFor('introspection', options.parts)(tokenIssuer, options.secrets),
        areClaimsKept: false,
      });
    else if ('hmacSecret' in tokenIssuer)
      signed.push({
        tokenIssuer,
        prove: partFor('hmac', options.parts)(tokenIssuer, options.secrets),
        areClaimsKept: false,
      });
    else
      signed.push({
        tokenIssuer,
        prove: keySetProver(tokenIssuer, sharedKeySet(keySets, tokenIssuer, options), tokens),
        areClaimsKept: true,
      });
  }
  if (options.prepares === true) for (const keySet of [...keySets.values()].slice(0, MAX_PREPARED)) keySet.prepare();
  const all: readonly Candidate<Prove>[] = [...signed, ...introspecting];
  const accepted = acceptance(tokens);
  /** Tries one issuer after the other, from a position in their list on. */
  const tryFrom = (
    decoded: TokenParts,
    candidates: readonly Candidate<Prove>[],
    { start, failure }: { readonly start: number; readonly failure?: unknown },
  ): VerifiedToken | Promise<VerifiedToken> => {
    let worst = failure;
    for (let i = start; i < candidates.length; i += 1) {
      const candidate = candidates[i];
      if (candidate === undefined || ('payload' in decoded && !isOfIssuer(decoded.payload, candidate.tokenIssuer)))
        continue;
      try {
        // Introspection, which alone sees opaque tokens, does not read their parts.
        const proven = candidate.prove(decoded as DecodedToken);
        if (!isPending(proven)) return accepted(decoded, proven, candidate);
        return proven
          .then((claims) => accepted(decoded, claims, candidate))
          .catch((error: unknown) => tryFrom(decoded, candidates, { start: i + 1, failure: worse(worst, error) }));
      } catch (error) {
        worst = worse(worst, error);
      }
    }
    throw worst ?? new TokenRejected('issuer-unknown');
  };
  const FIRST = { start: 0 };
  return (token) =>
    introspecting.length > 0 && !isJwt(token)
      ? tryFrom({ compact: token }, introspecting, FIRST)
      : tryFrom(tokens.decode(token), all, FIRST);
}

/** An error of one issuer takes precedence over a rejection by another: it could have accepted the token. */
function worse(before: unknown, error: unknown): unknown {
  return before === undefined || before instanceof TokenRejected ? error : before;
}

/**
 * Makes the function that checks the claims of a proven token. Claims that cannot change are checked once against the rules of an issuer, and
 * for each request against the time.
 *
 * @returns the same object for the same claims, where they are kept.
 */
function acceptance(tokens: VerifiedTokens) {
  return (
    token: TokenParts,
    claims: JwtPayload,
    { tokenIssuer, areClaimsKept }: Omit<Candidate<unknown>, 'prove'>,
  ): VerifiedToken => {
    const known = areClaimsKept ? tokens.acceptedOf(token as DecodedToken) : undefined;
    const before = known?.tokenIssuer === tokenIssuer && known.claims === claims ? known : undefined;
    const verified = before ?? { claims, tokenIssuer, findings: areClaimsKept ? {} : undefined };
    const now = Date.now() / 1000;
    try {
      if (before === undefined) checkClaims(claims, tokenIssuer, now);
      else checkTimes(claims, tokenIssuer, now);
    } catch (error) {
      throw withOwner(error, verified);
    }
    if (before === undefined && areClaimsKept) tokens.keepAccepted(token as DecodedToken, verified);
    return verified;
  };
}

/** Token issuers that differ only in their audience share one key set. */
function sharedKeySet(
  keySets: Map<string, KeySet>,
  { jwksUri, staleSeconds }: { readonly jwksUri: string; readonly staleSeconds?: number },
  { warmKeys = {} }: VerifierOptions,
): KeySet {
  const key = JSON.stringify([jwksUri, staleSeconds]);
  const warm = Object.hasOwn(warmKeys, jwksUri) ? warmKeys[jwksUri] : undefined;
  const keySet = keySets.get(key) ?? keySetAt(jwksUri, { staleSeconds, warm });
  keySets.set(key, keySet);
  return keySet;
}
