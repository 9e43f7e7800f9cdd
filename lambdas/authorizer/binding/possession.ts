import type { AuthorizerEnvironment, Readable } from '../../shared/wireContract.ts';
import { TokenRejected } from '../reasons.ts';
import type { CheckPossession } from './checkBinding.ts';
import { checkProof, type Proof } from './dpopProof.ts';
import { type ProofStore, proofStore } from './proofStore.ts';

/**
 * Makes the check that a caller has the key that its token is bound to (RFC 9449, section 4.3), by a proof that is used once. Only bundles
 * of APIs with an issuer that binds tokens to keys import it.
 */
export function possessionCheck(environment: Readable<AuthorizerEnvironment>): CheckPossession {
  const store = proofStore(environment);
  return ({ verified: { tokenIssuer }, credentials, event }, thumbprint) => {
    const proof = checkProof(event, credentials.token, { tokenIssuer, nowSeconds: Date.now() / 1000 });
    if (proof.thumbprint !== thumbprint) throw new TokenRejected('binding-mismatch');
    return useUp(proof, store);
  };
}

async function useUp(proof: Proof, store: ProofStore): Promise<void> {
  if (!(await store.isFirstUse(proof))) throw new TokenRejected('proof-replayed');
}
