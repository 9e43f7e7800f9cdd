import { describe, expect, it } from 'vitest';
import { defineApi, get } from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';
import { base, ok, tiers } from './support.ts';

describe('the limits of an API', () => {
  it('resolves exact limits of tiers, routes and public routes, so that projections read one form', () => {
    const counted = { rate: 0.1, burst: 2, exact: true } as const;
    const window = { requests: 5, perSeconds: 9 };
    const api = defineApi(
      {
        ...base,
        tiers: { free: { ...tiers.free, ...counted } },
        anonymous: { rate: 1, burst: 1, exact: window },
        routes: {
          list: get('/notes', { permission: 'note:read', limits: { free: { ...counted, exact: window } }, ...ok }),
        },
      },
      { today: TODAY },
    );
    const defaults = { by: 'client', onUnavailable: 'count-alone', lease: 1, delayMs: 0 };
    expect(api.tiers.free.exact).toEqual({ requests: 6, perSeconds: 60, ...defaults });
    expect(api.routes.list.limits['free']?.exact).toEqual({ ...window, ...defaults });
    expect(api.anonymous?.exact).toEqual({ ...window, ...defaults, by: 'address' });
  });

  it('gives public routes a limit by address that follows their rate', () => {
    const perAddress = (anonymous: { rate: number; burst: number; perAddress?: number }) =>
      defineApi(
        { ...base, anonymous, routes: { up: get('/up', { public: 'liveness probe', ...ok }) } },
        { today: TODAY },
      ).anonymous?.perAddress;
    expect([perAddress({ rate: 50, burst: 9 }), perAddress({ rate: 1, burst: 9 })]).toEqual([1500, 100]);
    expect(perAddress({ rate: 50, burst: 9, perAddress: 20 })).toBe(20);
  });
});
