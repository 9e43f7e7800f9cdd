import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { DefinitionError, defineApi, defineRoles, del, get, object, post } from '../../../lib/definition/index.ts';

const roles = defineRoles(
  { reader: { can: ['note:read'] }, writer: { extends: ['reader'], can: ['note:write'] } },
  { reviewed: '2026-11-01', reviewEveryDays: 90 },
);
const tiers = { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } } as const;
const ok = { responses: { 200: { description: 'Fine' } } } as const;
const today = new Date('2026-11-10T00:00:00Z');
const base = { name: 'notes', version: '1.0.0', roles, tiers } as const;

/** Definitions that types would reject, as JavaScript could write them. */
function faultsOf(change: Record<string, unknown>): readonly { code: string; location: string }[] {
  const input = { ...base, routes: { list: get('/notes', { permission: 'note:read', ...ok }) }, ...change };
  try {
    defineApi(input as unknown as Parameters<typeof defineApi>[0], { today });
  } catch (error) {
    if (error instanceof DefinitionError) return error.faults.map(({ code, location }) => ({ code, location }));
    throw error;
  }
  return [];
}

const codesOf = (change: Record<string, unknown>) => faultsOf(change).map((fault) => fault.code);
const route = (options: object, path = '/notes') => ({
  routes: { list: post(path as '/x', { ...ok, ...options } as never) },
});

describe('a safe definition', () => {
  it('is made, with every default filled in', () => {
    const api = defineApi(
      {
        ...base,
        routes: {
          list: get('/notes', { permission: 'note:read', ...ok }),
          health: get('/health', { public: 'liveness probe', isolate: true, ...ok }),
        },
      },
      { today },
    );
    expect(api.defaultTier).toBe('free');
    expect(api.routes.list).toMatchObject({
      id: 'list',
      group: 'notes',
      summary: 'List',
      timeoutSeconds: 10,
      memoryMb: 256,
      input: expect.objectContaining({ maxBodyBytes: 65_536, maxDepth: 32, unicode: 'reject' }),
      access: { kind: 'permission', permission: 'note:read' },
    });
    expect(api.routes.health.group).toBe('health');
    expect(api.exemptions).toEqual([{ location: 'routes.health', kind: 'public', reason: 'liveness probe' }]);
    expect(api.warnings).toEqual([]);
  });
});

describe('an unsafe definition names every fault at once', () => {
  it('lists faults of several checks in one error, each with location, expectation and fix', () => {
    const change = { name: 'Bad Name', ...route({ body: Type.Object({ text: Type.String() }) }) };
    expect(codesOf(change)).toEqual(['name-invalid', 'route-without-access', 'object-open', 'string-unbounded']);
    try {
      defineApi({ ...base, ...change } as never, { today });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toContain('string-unbounded at routes.list.body.properties.text');
      for (const fault of (error as DefinitionError).faults) {
        expect(fault.expected.length).toBeGreaterThan(3);
        expect(fault.fix.length).toBeGreaterThan(5);
      }
    }
  });

  const read = { permission: 'note:read' };
  it.each([
    ['a bad version', { version: '1' }, 'version-invalid', 'version'],
    ['no route', { routes: {} }, 'route-missing', 'routes'],
    [
      'a bad route name',
      { routes: { 'a-b': get('/a', { ...read, ...ok } as never) } },
      'route-id-invalid',
      'routes.a-b',
    ],
    ['no access', route({}), 'route-without-access', 'routes.list'],
    ['two kinds of access', route({ ...read, public: 'a good reason' }), 'route-access-ambiguous', 'routes.list'],
    ['a public route without a reason', route({ public: ' ' }), 'access-reason-missing', 'routes.list.public'],
    ['a permission nobody has', route({ permission: 'note:burn' }), 'permission-not-granted', 'routes.list.permission'],
    ['a reserved path', route(read, '/ping'), 'path-reserved', 'routes.list'],
    ['a trailing slash', route(read, '/notes/'), 'path-invalid', 'routes.list'],
    ['a greedy parameter', route(read, '/{proxy+}'), 'path-invalid', 'routes.list'],
    [
      'an undeclared parameter',
      route(read, '/notes/{id}'),
      'path-parameter-undeclared',
      'routes.list.path.properties.id',
    ],
    ['an unknown option', route({ ...read, permision: 'x' }), 'option-invalid', 'routes.list.permision'],
    [
      'a timeout past the integration limit',
      route({ ...read, timeoutSeconds: 30 }),
      'option-invalid',
      'routes.list.timeoutSeconds',
    ],
    ['a limit out of bounds', route({ ...read, maxDepth: 0 }), 'option-invalid', 'routes.list.maxDepth'],
    [
      'a limit of the API out of bounds',
      { ...route(read), input: { maxKeys: 1.5 } },
      'option-invalid',
      'input.maxKeys',
    ],
    ['an unknown limit', { ...route(read), input: { maxKey: 5 } }, 'option-invalid', 'input.maxKey'],
    ['an unknown Unicode policy', route({ ...read, unicode: 'trim' }), 'option-invalid', 'routes.list.unicode'],
    [
      'a schema that allows more than the limit',
      route({ ...read, body: Type.String({ maxLength: 100 }), maxStringLength: 99 }),
      'input-below-schema',
      'routes.list.body.maxLength',
    ],
    [
      'a pattern that backtracks',
      route({ ...read, body: Type.String({ maxLength: 99, pattern: '^(?:[a-z]+-?)+$' }) }),
      'pattern-unsafe',
      'routes.list.body.pattern',
    ],
    [
      'a pattern of names that backtracks',
      route({
        ...read,
        body: { type: 'object', 'x-unbounded': 'a test of names', patternProperties: { '(a+)+$': {} } },
      }),
      'pattern-unsafe',
      'routes.list.body.patternProperties',
    ],
    [
      'an unknown text policy',
      route({ ...read, body: Type.String({ maxLength: 9, 'x-text': 'plane' }) }),
      'text-policy-invalid',
      'routes.list.body.x-text',
    ],
    [
      'raw text without a reason',
      route({ ...read, body: Type.String({ maxLength: 9, 'x-text': 'raw' }) }),
      'text-policy-invalid',
      'routes.list.body.x-text-reason',
    ],
    [
      'a decoded limit of what is not base64',
      route({ ...read, body: Type.String({ maxLength: 9, 'x-max-decoded-bytes': 9 }) }),
      'text-policy-invalid',
      'routes.list.body.x-max-decoded-bytes',
    ],
    [
      'something sensitive in the query',
      route({ ...read, query: object({ pin: Type.String({ maxLength: 9, 'x-sensitive': true }) }) }),
      'sensitive-in-url',
      'routes.list.query.properties.pin',
    ],
    [
      'a cookie that is no token',
      route({ ...read, cookies: object({ 'a b': Type.String({ maxLength: 9 }) }) }),
      'cookie-name-invalid',
      'routes.list.cookies.properties.a b',
    ],
    ['no declared response', route({ ...read, responses: {} }), 'response-missing', 'routes.list.responses'],
    ['an open string', route({ ...read, body: Type.String() }), 'string-unbounded', 'routes.list.body'],
    ['an open array', route({ ...read, body: Type.Array(Type.Integer()) }), 'array-unbounded', 'routes.list.body'],
    ['an open object', route({ ...read, body: Type.Object({}) }), 'object-open', 'routes.list.body'],
    ['a schema that accepts anything', route({ ...read, body: {} }), 'schema-open', 'routes.list.body'],
    [
      'an open object in a response',
      route({ ...read, responses: { 200: { description: 'x', body: Type.Object({}) } } }),
      'object-open',
      'routes.list.responses.200.body',
    ],
    ['a reference', route({ ...read, body: { $ref: '#/x' } }), 'schema-reference', 'routes.list.body'],
    ['a schema that is not data', route({ ...read, body: 'string' }), 'schema-invalid', 'routes.list.body'],
    [
      'an object as a parameter',
      route({ ...read, query: object({ a: object({}) }) }),
      'parameter-not-scalar',
      'routes.list.query.properties.a',
    ],
    [
      'a credential as a header parameter',
      route({ ...read, headers: object({ authorization: Type.String({ maxLength: 9 }) }) }),
      'header-name-invalid',
      'routes.list.headers.properties.authorization',
    ],
    [
      'a limit for no tier',
      route({ ...read, limits: { gold: { rate: 1, burst: 1 } } }),
      'limit-unknown-tier',
      'routes.list.limits.gold',
    ],
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
      'a limit by tier on a public route',
      route({ public: 'anyone may post', limits: { free: { rate: 1, burst: 1 } } }),
      'limit-invalid',
      'routes.list.limits',
    ],
    [
      'a default tier that is kept for one client',
      { tiers: { free: { ...tiers.free, clients: ['acme'] } } },
      'default-tier-reserved',
      'tiers.free.clients',
    ],
    [
      'a client of two tiers',
      { tiers: { ...tiers, a: { ...tiers.free, clients: ['acme'] }, b: { ...tiers.free, clients: ['acme'] } } },
      'tier-client-ambiguous',
      'tiers.b.clients',
    ],
    [
      'a tier for nobody',
      { tiers: { ...tiers, a: { ...tiers.free, clients: [] } } },
      'tier-invalid',
      'tiers.a.clients',
    ],
    ['anonymous without a burst', { anonymous: { rate: 1 } }, 'anonymous-invalid', 'anonymous.burst'],
    [
      'an address limit that the firewall cannot count',
      { anonymous: { rate: 1, burst: 1, perAddress: 9 } },
      'anonymous-invalid',
      'anonymous.perAddress',
    ],
    [
      'a flood limit of too few requests',
      route({ ...read, flood: { requests: 5, perSeconds: 60 } }),
      'flood-invalid',
      'routes.list.flood.requests',
    ],
    [
      'a flood limit over another time',
      route({ ...read, flood: { requests: 10, perSeconds: 30 } }),
      'flood-invalid',
      'routes.list.flood.perSeconds',
    ],
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
      'an exact limit by something else',
      route({ ...read, limits: { free: { rate: 1, burst: 1, exact: { requests: 5, perSeconds: 9, by: 'ip' } } } }),
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
      'an exact limit that is neither kept nor not',
      { tiers: { free: { ...tiers.free, exact: { requests: 5, perSeconds: 9, onUnavailable: 'hope' } } } },
      'exact-invalid',
      'tiers.free.exact.onUnavailable',
    ],
    ['no concurrency', route({ ...read, concurrency: 0 }), 'option-invalid', 'routes.list.concurrency'],
    [
      'an unknown parent role',
      { roles: { ...roles, byName: { reader: { extends: ['x'], can: ['note:read'] } } } },
      'role-extends-unknown',
      'roles.reader.extends',
    ],
    [
      'a wildcard permission',
      { roles: { ...roles, byName: { reader: { can: ['note:read', 'note:*'] } } } },
      'permission-invalid',
      'roles.reader.can.1',
    ],
    [
      'an impossible review date',
      { roles: { ...roles, reviewed: '2026-02-31' } },
      'review-date-invalid',
      'roles.reviewed',
    ],
  ])('%s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('reports a cycle of roles once, with its path', () => {
    const byName = { a: { extends: ['b'], can: ['note:read'] }, b: { extends: ['a'], can: [] } };
    expect(codesOf({ roles: { ...roles, byName } })).toEqual(['role-cycle']);
  });

  it('rejects two routes that a request could not tell apart, and two names for one parameter', () => {
    const id = (name: string) => object({ [name]: Type.String({ maxLength: 9 }) });
    const routes = {
      one: get('/n/{a}', { permission: 'note:read', path: id('a'), ...ok } as never),
      two: get('/n/{b}', { permission: 'note:read', path: id('b'), ...ok } as never),
    };
    expect(codesOf({ routes })).toEqual(['route-duplicate', 'path-parameter-conflict']);
  });

  it('rejects a body on DELETE', () => {
    const drop = del('/notes', { permission: 'note:write', body: object({}), ...ok });
    expect(codesOf({ routes: { drop } })).toEqual(['body-not-allowed']);
  });

  it('rejects more own limits than a usage plan can hold', () => {
    const limited = Array.from({ length: 21 }, (_, i) => [
      `r${i}`,
      get(`/r${i}`, { permission: 'note:read', limits: { free: { rate: 1, burst: 1 } }, ...ok } as never),
    ]);
    expect(codesOf({ routes: Object.fromEntries(limited) })).toEqual(['limits-too-many']);
    expect(codesOf({ routes: Object.fromEntries(limited.slice(1)) })).toEqual([]);
  });

  it('says which own limits are too many and how many have to go', () => {
    const routes = Object.fromEntries(
      Array.from({ length: 23 }, (_, i) => [
        `r${i}`,
        get(`/r${i}`, { permission: 'note:read', limits: { free: { rate: 1, burst: 1 } }, ...ok } as never),
      ]),
    );
    expect(() => defineApi({ ...base, routes } as never, { today })).toThrow(
      /23 routes.*: r0, .*r22(?:.|\n)*from 3 of them/,
    );
  });

  it('rejects more flood limits than a web ACL should hold', () => {
    const guarded = Array.from({ length: 6 }, (_, i) => [
      `r${i}`,
      post(`/r${i}`, { permission: 'note:read', flood: { requests: 10, perSeconds: 60 }, ...ok } as never),
    ]);
    expect(codesOf({ routes: Object.fromEntries(guarded) })).toEqual(['floods-too-many']);
    expect(codesOf({ routes: Object.fromEntries(guarded.slice(1)) })).toEqual([]);
  });

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
      { today },
    );
    const defaults = { by: 'client', onUnavailable: 'count-alone', lease: 1, delayMs: 0 };
    expect(api.tiers.free.exact).toEqual({ requests: 6, perSeconds: 60, ...defaults });
    expect(api.routes.list.limits['free']?.exact).toEqual({ ...window, ...defaults });
    expect(api.anonymous?.exact).toEqual({ ...window, ...defaults, by: 'address' });
  });

  it('gives public routes a limit by address that follows their rate', () => {
    const perAddress = (anonymous: { rate: number; burst: number; perAddress?: number }) =>
      defineApi({ ...base, anonymous, routes: { up: get('/up', { public: 'liveness probe', ...ok }) } }, { today })
        .anonymous?.perAddress;
    expect([perAddress({ rate: 50, burst: 9 }), perAddress({ rate: 1, burst: 9 })]).toEqual([1500, 100]);
    expect(perAddress({ rate: 50, burst: 9, perAddress: 20 })).toBe(20);
  });
});

describe('exemptions', () => {
  it('are explicit, carry a reason and are listed', () => {
    const raw = Type.String({ maxLength: 9, 'x-text': 'raw', 'x-text-reason': 'keystrokes of a terminal' });
    const text = { type: 'string', 'x-unbounded': 'limited by maxBodyBytes' } as const;
    const api = defineApi(
      {
        ...base,
        routes: {
          add: post('/notes', {
            permission: 'note:write',
            body: object({ text: Type.Unsafe<string>(text), raw }),
            ...ok,
          }),
        },
      },
      { today },
    );
    expect(api.exemptions).toEqual([
      { location: 'routes.add.body.properties.text', kind: 'unbounded', reason: 'limited by maxBodyBytes' },
      { location: 'routes.add.body.properties.raw', kind: 'raw-text', reason: 'keystrokes of a terminal' },
    ]);
  });
});

describe('an overdue review', () => {
  const late = new Date('2027-03-01T00:00:00Z');
  const input = { ...base, routes: { list: get('/notes', { permission: 'note:read', ...ok }) } } as const;

  it('is a warning', () => {
    expect(defineApi(input, { today: late }).warnings.map((fault) => fault.code)).toEqual(['review-overdue']);
  });

  it('is an error when strict', () => {
    expect(() => defineApi({ ...input, strict: true }, { today: late })).toThrow(/review-overdue/);
  });
});
