import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';
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
 * Runs checks of a token whose issuer is proven, and adds to a rejection whose token it is. A token that is not proven names nobody: it says
 * what its sender wants.
 *
 * @throws {TokenRejected} with the owner, and what the checks throw.
 */
export async function namingOwner<T>(proven: ProvenClaims, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof TokenRejected) || error.owner !== undefined) throw error;
    throw new TokenRejected(error.reason, error.claim, ownerOf(proven, error));
  }
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
