import { describe, expect, it } from 'vitest';
import { faultsOf, read, tiers, withRoute } from '../support.ts';

describe('the check of exact limits', () => {
  it.each([
    [
      'an exact limit without a window',
      { tiers: { free: { ...tiers.free, exact: { requests: 5 } } } },
      'exact-invalid',
      'tiers.free.exact.perSeconds',
    ],
    [
      'a lease of more than a tenth',
      { tiers: { free: { ...tiers.free, exact: { requests: 50, perSeconds: 60, lease: 6 } } } },
      'exact-invalid',
      'tiers.free.exact.lease',
    ],
    [
      'an exact limit by an unknown key',
      withRoute({ ...read, limits: { free: { rate: 1, burst: 1, exact: { requests: 5, perSeconds: 9, by: 'ip' } } } }),
      'exact-invalid',
      'routes.list.limits.free.exact.by',
    ],
    [
      'a public exact limit by client',
      { anonymous: { rate: 1, burst: 1, exact: { requests: 5, perSeconds: 9, by: 'client' } } },
      'exact-invalid',
      'anonymous.exact.by',
    ],
    [
      'an exact limit with an unknown fallback',
      { tiers: { free: { ...tiers.free, exact: { requests: 5, perSeconds: 9, onUnavailable: 'hope' } } } },
      'exact-invalid',
      'tiers.free.exact.onUnavailable',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
