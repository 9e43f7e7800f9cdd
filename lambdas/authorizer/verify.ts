import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import type { TokenIssuer, WarmKeys } from '../../lib/definition/tokenIssuer.ts';
import { checkClaims } from './claims.ts';
import { decodeToken, isJwt } from './decodeToken.ts';
import { hmacProver } from './hmac.ts';
import { introspectionProver } from './introspection.ts';
import { type KeySet, keySetAt } from './keySet.ts';
import type { Prove, ProveOpaque } from './prover.ts';
import { TokenRejected } from './reasons.ts';
import type { Secrets } from './secretsManager.ts';
import { keySetProver } from './signature.ts';

/** Claims that were proven, and the source that vouches for them. */
export interface VerifiedToken {
  readonly claims: JwtPayload;
  readonly source: TokenIssuer;
}

/** Proves a token (RFC 7519, 8725, 9068, 7662). */
export type VerifyToken = (token: string) => Promise<VerifiedToken>;

/** What the verification needs beside its sources. */
export interface VerifierOptions {
  readonly secrets: Secrets;
  /** Keys by their `jwksUri`, read at synth. */
  readonly warmKeys?: Readonly<Record<string, WarmKeys>>;
}

interface Candidate<P> {
  readonly source: TokenIssuer;
  readonly prove: P;
}

/**
 * Makes the verification for a list of sources. The source is chosen by the token's `iss`, and its keys prove no other
 * issuer's tokens. Where several share an issuer, one of them must accept the token. An opaque token is proven by the
 * source that introspects.
 *
 * The made function throws {@link TokenRejected} for a bad token and {@link AuthorizerFault} where keys, secrets or the
 * introspection are out of reach.
 */
export function tokenVerifier(sources: readonly TokenIssuer[], options: VerifierOptions): VerifyToken {
  const keySets = new Map<string, KeySet>();
  const asking: Candidate<ProveOpaque>[] = [];
  const signing: Candidate<Prove>[] = [];
  for (const source of sources) {
    if ('introspection' in source) asking.push({ source, prove: introspectionProver(source, options.secrets) });
    else if ('hmacSecret' in source) signing.push({ source, prove: hmacProver(source, options.secrets) });
    else signing.push({ source, prove: keySetProver(source, shared(keySets, source, options)) });
  }
  return async (token) => {
    if (!isJwt(token) && asking.length > 0) return firstAccepted(asking, { compact: token });
    const decoded = decodeToken(token);
    const isOfIssuer = ({ source }: Candidate<unknown>) => source.issuer === decoded.payload.iss;
    return firstAccepted([...signing.filter(isOfIssuer), ...asking.filter(isOfIssuer)], decoded);
  };
}

async function firstAccepted<T>(
  candidates: readonly Candidate<(token: T) => Promise<JwtPayload>>[],
  token: T,
): Promise<VerifiedToken> {
  let rejection: unknown = new TokenRejected('issuer-unknown');
  for (const { source, prove } of candidates) {
    try {
      const claims = await prove(token);
      checkClaims(claims, source, Date.now() / 1000);
      return { claims, source };
    } catch (error) {
      // Trouble with one source outweighs the refusal of another: it might have accepted the token.
      if (rejection instanceof TokenRejected) rejection = error;
    }
  }
  throw rejection;
}

/** Sources that differ in their audience alone read the same keys once. */
function shared(
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
