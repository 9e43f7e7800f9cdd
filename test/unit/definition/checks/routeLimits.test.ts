import { describe, expect, it } from 'vitest';
import { defineApi, get, post } from '../../../../lib/definition/index.ts';
import { TODAY } from '../../../support/ledger.ts';
import { base, codesOf, faultsOf, ok, read, withRoute } from '../support.ts';

describe('the check of limits of routes', () => {
  it.each([
    [
      'a limit for an unknown tier',
      withRoute({ ...read, limits: { gold: { rate: 1, burst: 1 } } }),
      'limit-unknown-tier',
      'routes.list.limits.gold',
    ],
    [
      'a limit by tier on a public route',
      withRoute({ public: 'anyone may post', limits: { free: { rate: 1, burst: 1 } } }),
      'limit-invalid',
      'routes.list.limits',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('rejects more route limits than a usage plan can hold', () => {
    const limited = Array.from({ length: 21 }, (_, i) => [
      `r${i}`,
      post(`/r${i}`, { permission: 'note:read', limits: { free: { rate: 1, burst: 1 } }, ...ok } as never),
    ]);
    expect(codesOf({ routes: Object.fromEntries(limited) })).toEqual(['limits-too-many']);
    expect(codesOf({ routes: Object.fromEntries(limited.slice(1)) })).toEqual([]);
  });

  it('reports which route limits are too many, and how many to remove', () => {
    const routes = Object.fromEntries(
      Array.from({ length: 23 }, (_, i) => [
        `r${i}`,
        post(`/r${i}`, { permission: 'note:read', limits: { free: { rate: 1, burst: 1 } }, ...ok } as never),
      ]),
    );
    expect(() => defineApi({ ...base, routes } as never, { today: TODAY })).toThrow(
      /23 methods.*: POST of r0, .*POST of r22(?:.|\n)*3 of them/,
    );
  });

  it('counts a GET twice, because its HEAD has a throttle too', () => {
    const routes = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `r${i}`,
          get(`/r${i}`, { permission: 'note:read', limits: { free: { rate: 1, burst: 1 } }, ...ok } as never),
        ]),
      );
    expect(codesOf({ routes: routes(10) })).toEqual([]);
    expect(codesOf({ routes: routes(11) })).toEqual(['limits-too-many']);
  });
});
