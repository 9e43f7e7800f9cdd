import { type VerificationKey, verificationKey } from '../../../../lambdas/shared/verificationKeys.ts';
import type { TestIssuer } from './authorizer.ts';

/** A key that an issuer publishes, as the authorizer uses it: another object each time, as after each reading of the keys. */
export function verificationKeyOf(issuer: TestIssuer, name: string): VerificationKey {
  const key = verificationKey(issuer.publicJwk(name));
  if (typeof key === 'string') throw new Error(key);
  return key;
}
