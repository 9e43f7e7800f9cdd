import type { TokenIssuer, WarmKeys } from '../../lib/definition/tokenIssuer.ts';
import type { Secrets } from '../shared/secretsManager.ts';
import { checkClaims } from './claims.ts';
import { isJwt } from './decodeToken.ts';
import { hmacProver } from './hmac.ts';
import { introspectionProver } from './introspection.ts';
import type { JwtPayload } from './jwt.ts';
import { type KeySet, keySetAt } from './keySet.ts';
import type { Prove, ProveOpaque } from './prover.ts';
import { TokenRejected } from './reasons.ts';
import { keySetProver } from './signature.ts';
import { isOfIssuer } from './tokenKind.ts';
import { namingOwner } from './tokenOwner.ts';
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
      introspecting.push({ tokenIssuer, prove: introspectionProver(tokenIssuer, options.secrets) });
    else if ('hmacSecret' in tokenIssuer) signed.push({ tokenIssuer, prove: hmacProver(tokenIssuer, options.secrets) });
    else
      signed.push({
        tokenIssuer,
        prove: keySetProver(tokenIssuer, sharedKeySet(keySets, tokenIssuer, options), verified),
      });
  }
  if (options.prepares === true) for (const keySet of [...keySets.values()].slice(0, MAX_PREPARED)) keySet.prepare();
  return async (token) => {
    if (introspecting.length > 0 && !isJwt(token)) return firstAccepted(introspecting, { compact: token });
    const decoded = verified.decode(token);
    const isCandidate = ({ tokenIssuer }: Candidate<unknown>) => isOfIssuer(decoded.payload, tokenIssuer);
    return firstAccepted([...signed.filter(isCandidate), ...introspecting.filter(isCandidate)], decoded);
  };
}

async function firstAccepted<T>(
  candidates: readonly Candidate<(token: T) => Promise<JwtPayload>>[],
  token: T,
): Promise<VerifiedToken> {
  let rejection: unknown;
  for (const { tokenIssuer, prove } of candidates) {
    try {
      const verified = { claims: await prove(token), tokenIssuer };
      await namingOwner(verified, () => checkClaims(verified.claims, tokenIssuer, Date.now() / 1000));
      return verified;
    } catch (error) {
      // An error of one issuer takes precedence over a rejection by another: it could have accepted the token.
      if (rejection === undefined || rejection instanceof TokenRejected) rejection = error;
    }
  }
  throw rejection ?? new TokenRejected('issuer-unknown');
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
