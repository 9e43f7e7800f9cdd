import { afterEach, describe, expect, it, vi } from 'vitest';
import { proofStore } from '../../../../lambdas/authorizer/binding/proofStore.ts';
import { useAws } from '../support/aws.ts';

const aws = useAws();
afterEach(() => {
  vi.useRealTimers();
});

describe('the table of proofs', () => {
  const proof = { thumbprint: 't', id: 'p', until: Date.now() / 1000 + 60 };
  const store = (table = 'proofs') => proofStore({ ...aws.environment, SECURE_API_PROOFS: table });

  it('is called once per proof; the instance caches the result', async () => {
    const proofs = store();
    expect([await proofs.isFirstUse(proof), await proofs.isFirstUse(proof)]).toEqual([true, false]);
    expect(aws.requests).toHaveLength(1);
    expect(aws.requests[0]?.body).toMatchObject({
      TableName: 'proofs',
      Item: { id: { S: 'p' }, expires: { N: String(Math.ceil(proof.until) + 60) } },
      ConditionExpression: 'attribute_not_exists(id) OR #by = :by',
    });
  });

  it('keeps a proof that ends while it is checked', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const proofs = store();
    expect(await proofs.isFirstUse(proof)).toBe(true);
    vi.setSystemTime(proof.until * 1000 + 2_000);
    expect(await proofs.isFirstUse(proof)).toBe(false);
    expect(aws.requests).toHaveLength(1);
  });

  it('reports a proof that another instance has seen', async () => {
    aws.respond({ __type: 'x#ConditionalCheckFailedException' }, 400);
    expect(await store().isFirstUse(proof)).toBe(false);
  });

  it('unreachable is an error on our side, and the proof can be used again', async () => {
    const proofs = store();
    aws.respond({ __type: 'x#ResourceNotFoundException' }, 400);
    await expect(proofs.isFirstUse(proof)).rejects.toThrow(/^proofs-unreachable: /);
    aws.respond({});
    expect(await proofs.isFirstUse(proof)).toBe(true);
  });

  it('must be configured', async () => {
    await expect(store('').isFirstUse(proof)).rejects.toThrow(/^configuration-invalid: SECURE_API_PROOFS is not set$/);
  });
});
