import type { TokenIssuer } from '../../lib/definition/tokenIssuer.ts';
import type { JwtPayload } from './jwt.ts';
import type { TokenCaller } from './tokenCaller.ts';

/** Verified claims, and the token issuer that they come from. */
export interface VerifiedToken {
  readonly claims: JwtPayload;
  readonly tokenIssuer: TokenIssuer;
  /** Undefined where no token of the issuer is kept. Those of a token that is not kept, or not yet, end with its request. */
  readonly findings?: TokenFindings | undefined;
}

/**
 * What follows from the claims of a token and the rules of its issuer, none of which can change (ADR 64). Members of one object, because to
 * find each of them by the object that it belongs to takes longer than to compute some of them.
 */
export interface TokenFindings {
  /** Unless the time decides on its roles. */
  caller?: TokenCaller;
  /** The keys of the token in the deny list. */
  revocationIds?: readonly string[];
}
