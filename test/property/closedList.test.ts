import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBit, hasBit, noBits } from '../../lambdas/authorizer/bits.ts';
import { closedLists } from '../../lambdas/authorizer/closedList.ts';
import { EVERYTHING, mergedLists } from '../../lambdas/authorizer/mergedList.ts';
import { patternIndex } from '../../lambdas/authorizer/patternIndex.ts';
import { patternLengths } from '../../lambdas/authorizer/policyResources.ts';
import { authorizerPolicy } from '../../lib/access/index.ts';
import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { POLICY } from '../unit/authorizer/support/authorizer.ts';
import { complement } from './complement.ts';

const PUBLIC = { kind: 'public' } as const;
const OF_RESOURCE = 34;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
/** Short ones, and one that is as long as two others with their ARNs. */
const segment = fc.constantFrom('a', 'b', 'orders', '{id}', 'x'.repeat(60));
const path = fc.array(segment, { minLength: 1, maxLength: 3 });
const api = fc.array(fc.tuple(path, fc.subarray(METHODS, { minLength: 1 })), { minLength: 2, maxLength: 40 });

function routesOf(places: readonly (readonly [path: readonly string[], methods: readonly string[]])[]) {
  const routes = places.flatMap(([parts, methods], n) => {
    const named = parts.map((part, i) => (part === '{id}' ? `{p${i}}` : part));
    return methods.map((method) => ({ method, path: `/${named.join('/')}/n${n}` }));
  });
  return routes.map((route, i) => ({ ...route, id: `r${i}`, access: PUBLIC }));
}

const indexOf = (routes: AccessPolicy['routes']) => patternIndex(authorizerPolicy({ ...POLICY, routes }));

describe('a list that cannot be better than a bound', () => {
  it('is the only one that is left out, for any caller of any API in any room', () => {
    let leftOut = 0;
    let kept = 0;
    fc.assert(
      fc.property(
        api,
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 60, max: 1_500 }),
        fc.nat(3),
        (places, coins, characters, less) => {
          const index = indexOf(routesOf(places));
          fc.pre(index.wildcardCount > 0);
          const routes = noBits(index.routeCount);
          for (let i = 0; i < index.routeCount; i += 1) if (coins.next().value) addBit(routes, i);
          const allowed = noBits(index.size);
          for (let i = 0; i < index.size; i += 1) if (hasBit(routes, index.routes[i] ?? 0)) addBit(allowed, i);
          const sides = { allowed, denied: complement(allowed) };
          const room = { characters, lengths: patternLengths(index.patterns)({}), ofResource: OF_RESOURCE };
          const close = closedLists(index)(sides, room);
          const everything = close([EVERYTHING]);
          const exact = [...index.own.keys()].filter((i) => hasBit(allowed, i)).map((i) => index.own[i] ?? 0);
          const merge = mergedLists(index)(sides, exact, room);
          for (const share of [1, 0.6, 0.3]) {
            const list = merge(share * characters);
            if (list === undefined) continue;
            const all = close(list);
            const below = (everything?.left ?? 0) + 1 - less;
            const found = close(list, below, everything);
            if (found === undefined) {
              leftOut += 1;
              expect(all?.left).toBeGreaterThanOrEqual(below);
            } else {
              kept += 1;
              expect(found).toEqual(all);
              expect(found.left).toBeLessThan(below);
            }
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(leftOut).toBeGreaterThan(0);
    expect(kept).toBeGreaterThan(0);
  });

  it('is not left out for opening everything in less room, where one long pattern takes the room of two short ones', () => {
    const paths = ['x'.repeat(80), 'b', 'c', 'allowed'];
    const routes = paths.map((name) => ({ id: name, method: 'POST', path: `/${name}`, access: PUBLIC }));
    const index = indexOf(routes);
    const allowed = noBits(index.size);
    addBit(allowed, 3);
    const lengths = patternLengths(index.patterns)({});
    const long = OF_RESOURCE + (lengths[index.others[0] ?? 0] ?? 0);
    const room = { characters: OF_RESOURCE + 1 + long, lengths, ofResource: OF_RESOURCE };
    const close = closedLists(index)({ allowed, denied: complement(allowed) }, room);
    const everything = close([EVERYTHING]);
    expect(everything).toMatchObject({ deny: [index.others[0]], left: 2 });
    expect(close([EVERYTHING, EVERYTHING], 2, everything)).toMatchObject({ left: 1 });
  });
});

describe('a list with one denied pattern', () => {
  it('closes two routes of other callers with the pattern of one, where the other begins with its path', () => {
    const where = { t: 'tenant' };
    const routes = ['/a', '/tenants/{t}/orders/{o}', '/tenants/{t}/orders/{o}/lines', '/tenants/{t}/settings'].map(
      (path) => ({
        id: path,
        method: 'POST',
        path,
        access: PUBLIC,
        ...(path.includes('{t}') ? { where } : {}),
      }),
    );
    const index = indexOf(routes);
    const allowed = noBits(index.size);
    addBit(allowed, index.routes.indexOf(3));
    const lengths = patternLengths(index.patterns)({});
    const pattern = index.others[index.routes.indexOf(1)] ?? 0;
    expect(index.patterns[pattern]).toBe('POST/tenants/*/orders/*');
    const characters = OF_RESOURCE + 1 + OF_RESOURCE + (lengths[pattern] ?? 0);
    const close = closedLists(index)(
      { allowed, denied: complement(allowed) },
      { characters, lengths, ofResource: OF_RESOURCE },
    );
    // Open stay /a, and the settings of other tenants.
    expect(close([EVERYTHING])).toMatchObject({ deny: [pattern], opened: 4, left: 2 });
  });
});
