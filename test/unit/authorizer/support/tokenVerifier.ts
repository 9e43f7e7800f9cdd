import type { VerifiedToken } from '../../../../lambdas/authorizer/verifiedToken.ts';
import { tokenVerifier as directVerifier, type VerifierOptions } from '../../../../lambdas/authorizer/verify.ts';
import type { TokenIssuer } from '../../../../lib/definition/tokenIssuer.ts';
import { ALL_PARTS } from './issuerParts.ts';

/**
 * A verifier for issuers of all kinds that always returns a promise: what it throws at once is the same to a test as what it throws later.
 */
export function tokenVerifier(
  issuers: readonly TokenIssuer[],
  options: VerifierOptions,
): (token: string) => Promise<VerifiedToken> {
  const verify = directVerifier(issuers, { parts: ALL_PARTS, ...options });
  return async (token) => verify(token);
}
