import { awsCall, isConditionFailure } from '../../shared/aws.ts';
import { randomUUID } from '../../shared/nodeCrypto.ts';
import type { AuthorizerEnvironment, Readable } from '../../shared/wireContract.ts';
import { AuthorizerFault } from '../reasons.ts';
import { ttlCache } from '../ttlCache.ts';
import { MAX_PROOF_AGE_SECONDS, type Proof } from './dpopProof.ts';

/** A used proof is kept for longer than it is valid: it could end between its check and the write. */
const MARGIN_SECONDS = 60;
/** Longer than any proof is kept, with the largest clock tolerance on both sides. */
const CACHE_MS = (MAX_PROOF_AGE_SECONDS + 600 + MARGIN_SECONDS) * 1000;

/** Records which proofs were used (RFC 9449, section 11.1). */
export interface ProofStore {
  isFirstUse(proof: Proof): Promise<boolean>;
}

/**
 * Writes each proof conditionally into the table that `SECURE_API_PROOFS` names; the table deletes it by its TTL. Proofs that
 * this instance has seen need no call. `isFirstUse` throws {@link AuthorizerFault} `proofs-unreachable`.
 */
export function proofStore(environment: Readable<AuthorizerEnvironment>): ProofStore {
  const call = awsCall(environment, 'dynamodb');
  const seen = ttlCache<true>(CACHE_MS);
  return {
    async isFirstUse({ id, until }) {
      const TableName = environment.SECURE_API_PROOFS;
      if (!TableName) throw new AuthorizerFault('configuration-invalid', new Error('SECURE_API_PROOFS is not set'));
      if (seen.get(id)) return false;
      const expires = Math.ceil(until) + MARGIN_SECONDS;
      seen.set(id, true, expires * 1000);
      // `awsCall` repeats a write whose response was lost: its first attempt must not look like another use.
      const by = randomUUID();
      try {
        await call('PutItem', {
          TableName,
          Item: { id: { S: id }, by: { S: by }, expires: { N: String(expires) } },
          ConditionExpression: 'attribute_not_exists(id) OR #by = :by',
          ExpressionAttributeNames: { '#by': 'by' },
          ExpressionAttributeValues: { ':by': { S: by } },
        });
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        seen.delete(id);
        throw new AuthorizerFault('proofs-unreachable', error);
      }
    },
  };
}
