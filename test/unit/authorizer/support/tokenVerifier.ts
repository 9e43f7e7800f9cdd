import type { VerifiedToken } from '../../../../lambdas/authorizer/verifiedToken.ts';
import { tokenVerifier as directVerifier } from '../../../../lambdas/authorizer/verify.ts';

/** A verifier that always returns a promise: what it throws at once is the same to a test as what it throws later. */
export function tokenVerifier(...given: Parameters<typeof directVerifier>): (token: string) => Promise<VerifiedToken> {
  const verify = directVerifier(...given);
  return async (token) => verify(token);
}
