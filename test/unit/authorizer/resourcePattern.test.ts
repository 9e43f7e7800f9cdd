import { describe, expect, it } from 'vitest';
import { pathSegments, withOwnValues } from '../../../lambdas/authorizer/resourcePattern.ts';

describe('a pattern of a path', () => {
  it('has the values of the caller', () => {
    const segments = pathSegments('/tenants/{t}/shops/{s}/{id}', { t: 'tenant', s: 'shop' });
    expect(segments).toEqual(['tenants', '=tenant', 'shops', '=shop', '*']);
    expect(withOwnValues(segments.join('/'), (claim) => `my-${claim}`)).toBe('tenants/my-tenant/shops/my-shop/*');
  });
});
