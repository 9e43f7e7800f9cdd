import { describe, expect, it } from 'vitest';
import { post } from '../../../../lib/definition/index.ts';
import { codesOf, faultsOf, ok, read, withRoute } from '../support.ts';

describe('the check of limits of the web ACL', () => {
  it.each([
    ['anonymous without a burst', { anonymous: { rate: 1 } }, 'anonymous-invalid', 'anonymous.burst'],
    [
      'an address limit that WAF cannot count',
      { anonymous: { rate: 1, burst: 1, perAddress: 9 } },
      'anonymous-invalid',
      'anonymous.perAddress',
    ],
    [
      'a flood limit of too few requests',
      withRoute({ ...read, flood: { requests: 5, perSeconds: 60 } }),
      'flood-invalid',
      'routes.list.flood.requests',
    ],
    [
      'a flood limit over another interval',
      withRoute({ ...read, flood: { requests: 10, perSeconds: 30 } }),
      'flood-invalid',
      'routes.list.flood.perSeconds',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('rejects more flood limits than a web ACL should hold', () => {
    const guarded = Array.from({ length: 6 }, (_, i) => [
      `r${i}`,
      post(`/r${i}`, { permission: 'note:read', flood: { requests: 10, perSeconds: 60 }, ...ok } as never),
    ]);
    expect(codesOf({ routes: Object.fromEntries(guarded) })).toEqual(['floods-too-many']);
    expect(codesOf({ routes: Object.fromEntries(guarded.slice(1)) })).toEqual([]);
  });
});
