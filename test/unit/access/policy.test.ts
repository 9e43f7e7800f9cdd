import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { accessPolicy } from '../../../lib/access/index.ts';

describe('accessPolicy', () => {
  it('resolves inheritance and contains no reasons', () => {
    const policy = accessPolicy(documents);
    expect(policy.roles['editor']).toEqual(['document:create', 'document:read', 'document:update']);
    expect(policy).toMatchObject({ api: 'documents', tiers: ['free', 'premium'], defaultTier: 'free' });
    expect(policy.routes.find((route) => route.id === 'health')).toEqual({
      id: 'health',
      method: 'GET',
      path: '/health',
      access: { kind: 'public' },
    });
  });
});
