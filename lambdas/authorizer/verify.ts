import { JwtVerifier } from 'aws-jwt-verify';
import {
  FailedAssertionError,
  JwkInvalidKtyError,
  JwkInvalidUseError,
  JwkValidationError,
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
} from 'aws-jwt-verify/error';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { JwtHeader, JwtPayload } from 'aws-jwt-verify/jwt-model';
import { checkClaims } from './claims.ts';
import { checkHeader, checkKey, checkSignatureLength } from './header.ts';
import type { IdentitySource } from './identity.ts';
import { jwksCache } from './jwks.ts';
import { AuthorizerFault, type RejectReason, TokenRefused } from './reasons.ts';

/** Claims that were proven, and the source that vouches for them. */
export interface VerifiedToken {
  readonly claims: JwtPayload;
  readonly source: IdentitySource;
}

/** Proves a token (RFC 7519, 8725, 9068). */
export type VerifyToken = (token: string) => Promise<VerifiedToken>;

/**
 * Makes the verification for a list of sources: signature by the issuer's published keys, algorithm out of the list, `iss`
 * exact, `aud` or client, `exp` required, `nbf`, `iat`, token kind, longest lifetime. Refused: `crit`, ID tokens, `none`
 * and symmetric algorithms. Where two sources share an issuer, one of them must accept the token.
 *
 * The made function throws {@link TokenRefused} for a bad token and {@link AuthorizerFault} `keys-unreachable` where the
 * keys cannot be read.
 */
export function tokenVerifier(sources: readonly IdentitySource[]): VerifyToken {
  const verifiers = sources.map((source) => ({ source, verify: verifierOf(source) }));
  return async (token) => {
    const { header, payload } = decompose(token);
    const fitting = verifiers.filter(({ source }) => source.issuer === payload.iss);
    let refusal: unknown = new TokenRefused('issuer-unknown');
    for (const { source, verify } of fitting) {
      try {
        checkHeader(header, source);
        checkSignatureLength(token, header);
        return { claims: await verify(token), source };
      } catch (error) {
        refusal = refusalOf(error);
      }
    }
    throw refusal;
  };
}

function verifierOf(source: IdentitySource): (token: string) => Promise<JwtPayload> {
  const cache = jwksCache(source.jwksUri, (jwks) => verifier.cacheJwks(jwks));
  const verifier = JwtVerifier.create(
    {
      issuer: source.issuer,
      jwksUri: source.jwksUri,
      audience: source.audience === undefined ? null : [...source.audience],
      graceSeconds: source.clockToleranceSeconds,
      customJwtCheck: ({ header, payload, jwk }) => {
        checkKey(header, jwk);
        checkClaims(payload, source, Date.now() / 1000);
      },
    },
    { jwksCache: cache },
  );
  return (token) => verifier.verify(token);
}

function decompose(token: string): { readonly header: JwtHeader; readonly payload: JwtPayload } {
  try {
    return decomposeUnverifiedJwt(token);
  } catch {
    throw new TokenRefused('token-malformed');
  }
}

/** In order: a class before the one it extends. */
const REASONS: readonly (readonly [new (...args: never[]) => Error, RejectReason])[] = [
  [JwtParseError, 'token-malformed'],
  [JwtInvalidSignatureAlgorithmError, 'algorithm-refused'],
  [JwtInvalidSignatureError, 'signature-invalid'],
  [JwtExpiredError, 'expired'],
  [JwtNotBeforeError, 'not-yet-valid'],
  [JwtInvalidAudienceError, 'audience-invalid'],
  [JwkInvalidUseError, 'key-unfit'],
  [JwkInvalidKtyError, 'key-unfit'],
  [JwkValidationError, 'key-unfit'],
  [FailedAssertionError, 'token-malformed'],
];

function refusalOf(error: unknown): Error {
  if (error instanceof TokenRefused || error instanceof AuthorizerFault) return error;
  const known = REASONS.find(([type]) => error instanceof type);
  return known === undefined ? new AuthorizerFault('internal', error) : new TokenRefused(known[1]);
}
