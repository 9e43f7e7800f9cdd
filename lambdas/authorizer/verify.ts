import type { TokenIssuer, WarmKeys } from '../../lib/definition/tokenIssuer.ts';
import { isPending } from '../shared/isPending.ts';
import type { Secrets } from '../shared/secretsManager.ts';
import { checkClaims, checkTimes } from './claims.ts';
import { type DecodedToken, isJwt } from './decodeToken.ts';
import { hmacProver } from './hmac.ts';
import { introspectionProver } from './introspection.ts';
import type { JwtPayload } from './jwt.ts';
import { type KeySet, keySetAt } from './keySet.ts';
import type { Prove, ProveOpaque } from './prover.ts';
import { TokenRejected } from './reasons.ts';
import { keySetProver } from './signature.ts';
import { isOfIssuer } from './tokenKind.ts';
import { withOwner } from './tokenOwner.ts';
import { verifiedTokens } from './verifiedTokens.ts';

/** Verified claims, and the token issuer that they come from. */
export interface VerifiedToken {
  readonly claims: JwtPayload;
  readonly tokenIssuer: TokenIssuer;
}

/** Verifies a token (RFC 7519, 8725, 9068, 7662). */
export type VerifyToken = (token: string) => Promise<VerifiedToken>;

/** What the verification needs besides its token issuers. */
export interface VerifierOptions {
  readonly secrets: Secrets;
  /** Keys by their `jwksUri`, read at synth. */
  readonly warmKeys?: Readonly<Record<string, WarmKeys>>;
  /** Whether keys are read before the first token needs them. */
  readonly prepares?: boolean;
}

/**
 * Sets of keys that are read before the first token needs them. With more issuers than that, an instance sees tokens of few of them, and
 * each handshake takes time from the first request.
 */
const MAX_PREPARED = 4;

interface Candidate<P> {
  readonly tokenIssuer: TokenIssuer;
  readonly prove: P;
  /** Whether it proves claims that `verifiedTokens` keeps: they are frozen, so what was once found about them stays true. */
  readonly areClaimsKept: boolean;
}

/**
 * Makes the verification for a list of token issuers. The `iss` of the token selects the issuer, whose keys verify no other
 * issuer's tokens. If several entries share an issuer, one of them must accept the token. The entry with introspection
 * verifies opaque tokens.
 *
 * The returned function throws {@link TokenRejected} for an invalid token and {@link AuthorizerFault} if keys, secrets or the
 * introspection endpoint are unreachable.
 */
export function tokenVerifier(tokenIssuers: readonly TokenIssuer[], options: VerifierOptions): VerifyToken {
  const keySets = new Map<string, KeySet>();
  const verified = verifiedTokens();
  const introspecting: Candidate<ProveOpaque>[] = [];
  const signed: Candidate<Prove>[] = [];
  for (const tokenIssuer of tokenIssuers) {
    if ('introspection' in tokenIssuer)
      introspecting.push({
        tokenIssuer,
        prove: introspectionProver(tokenIssuer, options.secrets),
        areClaimsKept: false,
      });
    else if ('hmacSecret' in tokenIssuer)
      signed.push({ tokenIssuer, prove: hmacProver(tokenIssuer, options.secrets), areClaimsKept: false });
    else
      signed.push({
        tokenIssuer,
        prove: keySetProver(tokenIssuer, sharedKeySet(keySets, tokenIssuer, options), verified),
        areClaimsKept: true,
      });
  }
  if (options.prepares === true) for (const keySet of [...keySets.values()].slice(0, MAX_PREPARED)) keySet.prepare();
  const all: readonly Candidate<Prove>[] = [...signed, ...introspecting];
  const accepted = acceptance();
  return async (token) => {
    const opaque = introspecting.length > 0 && !isJwt(token) ? { compact: token } : undefined;
    const decoded = opaque ?? verified.decode(token);
    let rejection: unknown;
    for (const candidate of opaque === undefined ? all : introspecting) {
      if ('payload' in decoded && !isOfIssuer(decoded.payload, candidate.tokenIssuer)) continue;
      try {
        // Introspection, which alone sees opaque tokens, does not read their parts.
        const proven = candidate.prove(decoded as DecodedToken);
        return accepted(isPending(proven) ? await proven : proven, candidate);
      } catch (error) {
        // An error of one issuer takes precedence over a rejection by another: it could have accepted the token.
        if (rejection === undefined || rejection instanceof TokenRejected) rejection = error;
      }
    }
    throw rejection ?? new TokenRejected('issuer-unknown');
  };
}

/**
 * Makes the function that checks the claims of a proven token. Claims that cannot change are checked once against the rules of an issuer, and
 * for each request against the time.
 *
 * @returns the same object for the same claims, where they are kept.
 */
function acceptance(): (claims: JwtPayload, candidate: Omit<Candidate<unknown>, 'prove'>) => VerifiedToken {
  const known = new WeakMap<JwtPayload, VerifiedToken>();
  return (claims, { tokenIssuer, areClaimsKept }) => {
    const before = known.get(claims);
    const now = Date.now() / 1000;
    const verified = before?.tokenIssuer === tokenIssuer ? before : { claims, tokenIssuer };
    try {
      if (verified === before) checkTimes(claims, tokenIssuer, now);
      else checkClaims(claims, tokenIssuer, now);
    } catch (error) {
      throw withOwner(error, verified);
    }
    if (verified !== before && areClaimsKept) known.set(claims, verified);
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
