import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_POLICY_LENGTH } from '../../lambdas/authorizer/policy.ts';
import { servedMethods } from '../../lambdas/shared/servedMethods.ts';
import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { POLICY, STAGE } from '../unit/authorizer/support/authorizer.ts';
import { writtenPolicies } from '../unit/authorizer/support/policies.ts';

type Route = AccessPolicy['routes'][number];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Few words, so that paths repeat each other: among them the stage, a method, and what parts of methods match. */
const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'orders', 'items', 'prod', 'GET', 'Products', 'RESERVED') },
  { weight: 3, arbitrary: fc.constantFrom('{id}', '{sub}') },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z]{4,24}$/) },
);
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => {
  // A path names each parameter once.
  const named = parts.map((part, i) => (part.startsWith('{') ? `{p${i}}` : part));
  return `/${named.join('/')}`;
});

function routesOf(places: readonly (readonly [method: string, path: string])[]): readonly Route[] {
  const templates = new Map(
    places.map(([method, at]) => [`${method} ${at.replaceAll(/\{[^}]*\}/g, '{}')}`, [method, at]]),
  );
  return [...templates.values()].map(([method = '', at = ''], i) => ({
    id: `r${i}`,
    method,
    path: at,
    access: { kind: 'permission', permission: `p${i}` },
  }));
}

/** Whether a policy allows an ARN: `*` is any string, `?` any character, and Deny wins. */
function evaluator(document: { readonly Statement: readonly { Effect: string; Resource: readonly string[] }[] }) {
  const of = (effect: string) =>
    document.Statement.filter(({ Effect }) => Effect === effect)
      .flatMap(({ Resource }) => Resource)
      .map((one) => {
        const source = one
          .replaceAll(/[.\\$()+[\]^{|}]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        // Looked for first, because most patterns have another one, and several wildcards backtrack for long.
        const last = one.split(/[*?]/).findLast((part) => part !== '') ?? '';
        return { last, pattern: new RegExp(`^${source}$`, 's') };
      });
  const [allow, deny] = [of('Allow'), of('Deny')];
  const matches = (list: ReturnType<typeof of>, arn: string) =>
    list.some(({ last, pattern }) => arn.includes(last) && pattern.test(arn));
  return (arn: string) => matches(allow, arn) && !matches(deny, arn);
}

/** Values of parameters that could be taken for something else, and a plain one. */
const VALUES = ['Zx9', 'a', 'prod', 'GET', 'POST', 'Products', 'RESERVED', `x:y:a1b2c3d4e5`];

/** Requests of a route: each value for all parameters, and values by turns. */
function requestsOf({ path: template }: Route, turns: readonly number[]): readonly string[] {
  const fill = (valueAt: (i: number) => string) => {
    let i = 0;
    return template.replaceAll(/\{[^}]*\}/g, () => {
      i += 1;
      return valueAt(i - 1);
    });
  };
  return [
    ...VALUES.map((value) => fill(() => value)),
    fill((i) => VALUES[(turns[i] ?? 0) % VALUES.length] ?? ''),
    fill((i) => VALUES[(turns[i + 3] ?? 0) % VALUES.length] ?? ''),
  ];
}

/**
 * The route that the gateway chooses: as long as the request, with a literal where another one has a parameter, from the left
 * ("the most specific match").
 */
function gateway(routes: readonly Route[]): (method: string, request: string) => Route | undefined {
  const isOpen = (part: string) => part.startsWith('{');
  const templates = routes.map((route) => {
    const parts = route.path.split('/');
    const rank = parts.map((part) => (isOpen(part) ? '1' : '0')).join('');
    return { route, parts, rank };
  });
  // Of a thousand routes, only few have the length and the first segment of a request.
  const keyOf = (parts: readonly string[], first = parts[1] ?? '') => `${parts.length} ${isOpen(first) ? '{}' : first}`;
  const byStart = Map.groupBy(templates, ({ parts }) => keyOf(parts));
  return (method, request) => {
    const sent = request.split('/');
    return [...(byStart.get(keyOf(sent)) ?? []), ...(byStart.get(keyOf(sent, '{}')) ?? [])]
      .filter(({ parts }) => parts.every((part, i) => isOpen(part) || part === sent[i]))
      .toSorted((one, other) => (one.rank < other.rank ? -1 : 1))
      .filter(({ rank }, _, [first]) => rank === first?.rank)
      .find(({ route }) => servedMethods(route.method).includes(method))?.route;
  };
}

/** A text that resources with the short form of the ARN have. */
const SHORT = ':execute-api:*:*:*/';

/** Checks what a policy does with each request of each route. */
function checkPolicy(routes: readonly Route[], isHeld: (i: number) => boolean, turns: readonly number[]) {
  const permissions = routes.flatMap(({ id }, i) => (isHeld(i) ? [`p${id.slice(1)}`] : []));
  const write = writtenPolicies({ ...POLICY, roles: {}, routes });
  const { document, openRoutes } = write({ permissions, scopes: [], methodArn: `${STAGE}/GET/none`, permitted: true });
  expect(JSON.stringify(document).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
  const allows = evaluator(document);
  const held = new Set(permissions);
  const open = new Set<string>();
  const servedBy = gateway(routes);
  for (const route of routes) {
    for (const method of servedMethods(route.method)) {
      for (const request of requestsOf(route, turns)) {
        const served = servedBy(method, request);
        if (served === undefined || served.access.kind !== 'permission') continue;
        const allowed = allows(`${STAGE}/${method}${request}`);
        if (held.has(served.access.permission)) expect([method, request, allowed]).toEqual([method, request, true]);
        else if (allowed) open.add(served.id);
      }
    }
  }
  // A route counts as open if one of its requests could be allowed; those that are must all be counted.
  expect(open.size).toBeLessThanOrEqual(openRoutes);

  const [denied] = routes.filter((_, i) => !isHeld(i));
  const [rejected = '/x'] = denied === undefined ? [] : requestsOf(denied, turns);
  const methodArn = `${STAGE}/${denied?.method ?? 'GET'}${rejected}`;
  const rejecting = write({ permissions, scopes: [], methodArn, permitted: false }).document;
  expect(JSON.stringify(rejecting).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
  if (denied !== undefined) expect(evaluator(rejecting)(methodArn)).toBe(false);
  return { openRoutes, isShort: JSON.stringify(document).includes(SHORT) };
}

const turns = fc.array(fc.nat(99), { minLength: 8, maxLength: 8 });

describe('the policy of any caller of any API', () => {
  it('allows every request that the caller is allowed to send, and counts each route that it opens besides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...METHODS), path), { minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.boolean()),
        turns,
        (places, coins, values) => {
          const held = Array.from({ length: places.length }, () => coins.next().value as boolean);
          checkPolicy(routesOf(places), (i) => held[i] === true, values);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('does so where it does not fit: routes of hundreds of resources, of which any share is allowed', () => {
    let coarse = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 250 }),
        fc.constantFrom('{id}', '{id}/start', '{id}/{sub}', 'all'),
        fc.constantFrom(0.1, 0.3, 0.5, 0.8),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        turns,
        (resources, below, share, coins, values) => {
          const places = Array.from({ length: resources }, (_, i) =>
            METHODS.flatMap((method) => [[method, `/things${i}`] as const, [method, `/things${i}/${below}`] as const]),
          ).flat();
          const held = places.map(() => Number(coins.next().value) < share);
          if (checkPolicy(routesOf(places), (i) => held[i] === true, values).openRoutes > 0) coarse += 1;
        },
      ),
      { numRuns: 12 },
    );
    // A test that never falls back shows nothing.
    expect(coarse).toBeGreaterThan(0);
  });

  it('is the same whichever callers came before, because they share memory', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 160 }),
        fc.constantFrom('{id}', 'all'),
        fc.array(fc.tuple(fc.nat(7), fc.nat(30)), { minLength: 2, maxLength: 6 }),
        (resources, below, callers) => {
          const places = Array.from({ length: resources }, (_, i) =>
            METHODS.flatMap((method) => [[method, `/things${i}`] as const, [method, `/things${i}/${below}`] as const]),
          ).flat();
          const policy = { ...POLICY, roles: {}, routes: routesOf(places) };
          const all = policy.routes.map((_, i) => `p${i}`);
          const shared = writtenPolicies(policy);
          for (const [spread, share] of callers) {
            const permissions = all.filter((_, i) => (i * (2 * spread + 1)) % 31 < share);
            for (const permitted of [true, false]) {
              const request = { permissions, scopes: [], methodArn: `${STAGE}/GET/none`, permitted };
              expect(shared(request)).toEqual(writtenPolicies(policy)(request));
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    ['/items', true],
    ['/{a}/b', true],
    ['/{a}/items/{b}', true],
    ['/Products/GET', true],
    ['/{a}/Products', false],
    ['/{a}/RESERVED', false],
    ['/{a}/GET', false],
    ['/{a}/{b}', false],
    ['/prod/Products', false],
    ['/prod/{a}', false],
  ])(
    'does so with paths below %s, with the short form of the ARN only where it matches the same: %s',
    (below, isShort) => {
      const places = Array.from({ length: 160 }, (_, i) => [
        ...['POST', 'PUT', 'PATCH'].map((method) => [method, `/things${i}`] as const),
        ['GET', `${below}/things${i}`] as const,
      ]).flat();
      // Every second resource can be written, which is too much for the long form.
      const isHeld = (i: number) => i % 4 !== 3 && (i >> 2) % 2 === 0;
      expect(checkPolicy(routesOf(places), isHeld, [0, 1, 2, 3, 4, 5, 6, 7]).isShort).toBe(isShort);
    },
  );
});
