import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';
import { orFail } from '../shared/valueOrPromise.ts';
import { clientOf, isName } from './claims.ts';
import type { JwtPayload } from './jwt.ts';
import { type TokenOwner, TokenRejected } from './reasons.ts';

/** Claims that an issuer is proven to have written. */
interface ProvenClaims {
  readonly claims: JwtPayload;
  readonly tokenIssuer: Pick<TokenRules, 'clientClaim'>;
}

/** A client that renews its token only after a rejection has done so by then. */
const JUST_SECONDS = 300;

/**
 * What a check of a token threw, whose issuer is proven: a rejection says whose token it is. A token that is not proven names nobody: it says
 * what its sender wants.
 */
export function withOwner(error: unknown, proven: ProvenClaims): unknown {
  if (!(error instanceof TokenRejected) || error.owner !== undefined) return error;
  return new TokenRejected(error.reason, error.claim, ownerOf(proven, error));
}

/** Runs checks of a token whose issuer is proven: what they throw says whose token it is. */
export function addOwnerToErrors<T>(proven: ProvenClaims, check: () => T | Promise<T>): T | Promise<T> {
  return orFail(check, (error) => {
    throw withOwner(error, proven);
  });
}

function ownerOf({ claims, tokenIssuer }: ProvenClaims, { reason }: TokenRejected): TokenOwner {
  const { sub: subject, exp = 0 } = claims;
  const client = clientOf(claims, tokenIssuer);
  const isJust = reason === 'expired' && Date.now() / 1000 - exp < JUST_SECONDS;
  return {
    ...(isName(subject) ? { subject } : {}),
    ...(isName(client) ? { client } : {}),
    ...(isJust ? { justExpired: true } : {}),
  };
}
