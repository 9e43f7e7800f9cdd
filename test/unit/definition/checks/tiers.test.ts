import { describe, expect, it } from 'vitest';
import { faultsOf, tiers } from '../support.ts';

describe('the check of tiers', () => {
  it.each([
    ['no tier', { tiers: {} }, 'tier-missing', 'tiers'],
    ['a tier without a quota', { tiers: { free: { rate: 1, burst: 1 } } }, 'tier-without-limit', 'tiers.free.quota'],
    [
      'a tier without a rate',
      { tiers: { free: { burst: 1, quota: tiers.free.quota } } },
      'tier-without-limit',
      'tiers.free.rate',
    ],
    ['an infinite rate', { tiers: { free: { ...tiers.free, rate: Infinity } } }, 'tier-invalid', 'tiers.free.rate'],
    ['an unknown default tier', { defaultTier: 'gold' }, 'default-tier-unknown', 'defaultTier'],
    [
      'a default tier that is reserved for one client',
      { tiers: { free: { ...tiers.free, clients: ['acme'] } } },
      'default-tier-reserved',
      'tiers.free.clients',
    ],
    [
      'a client in two tiers',
      { tiers: { ...tiers, a: { ...tiers.free, clients: ['acme'] }, b: { ...tiers.free, clients: ['acme'] } } },
      'tier-client-ambiguous',
      'tiers.b.clients',
    ],
    [
      'a tier for no client',
      { tiers: { ...tiers, a: { ...tiers.free, clients: [] } } },
      'tier-invalid',
      'tiers.a.clients',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
