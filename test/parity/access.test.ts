import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { authorize } from '../../lambdas/authorizer/authorize.ts';
import type { AuthorizerEvent } from '../../lambdas/authorizer/event.ts';
import type { ReadableContext } from '../../lambdas/shared/wireContract.ts';
import { accessMatrix, accessPolicy, authorizerPolicy, type DecisionRequest, decide } from '../../lib/access/index.ts';
import type { Api, Route } from '../../lib/definition/index.ts';
import { publicOpenApi } from '../../lib/openapi/index.ts';
import { ledger } from '../support/ledger.ts';
import {
  allows,
  claimsOf,
  deployedEnvironment,
  eventOf,
  linesOf,
  startIssuer,
  type TestIssuer,
} from '../unit/authorizer/support/authorizer.ts';
import { startSecrets } from '../unit/authorizer/support/services.ts';
import { call, serveApi } from '../unit/runtime/support.ts';

/**
 * Scopes, ownership, exclusive, temporary and default roles: the reference decision, the authorizer (with real tokens), its
 * cached policy, the handlers' own check, the matrix and the public document must agree.
 */
const api: Api = ledger;
const routes = Object.values(api.routes);
const now = Math.floor(Date.now() / 1000);

type Rights = Partial<Pick<DecisionRequest, 'scopes' | 'elevated'>> & { readonly roles: readonly string[] };

const CALLERS: readonly (readonly [string, Rights])[] = [
  ['nothing', { roles: [] }],
  ['a default role', { roles: ['member'] }],
  ['an unknown role', { roles: ['stranger', 'Clerk'] }],
  ['one role', { roles: ['clerk'] }],
  ['one role and all scopes', { roles: ['clerk'], scopes: ['entries.read', 'entries.write', 'audit'] }],
  ['a scope alone', { roles: [], scopes: ['entries.read'] }],
  ['scopes of others', { roles: ['auditor'], scopes: ['openid', 'entries'] }],
  ['half of the scopes', { roles: ['auditor'], scopes: ['audit'] }],
  ['a role and both scopes', { roles: ['auditor'], scopes: ['audit', 'entries.read'] }],
  ['a payer', { roles: ['payer'] }],
  ['an approver', { roles: ['approver'] }],
  ['a payer and approver', { roles: ['payer', 'approver'] }],
  ['a treasurer', { roles: ['treasurer'], scopes: ['entries.write'] }],
  ['a treasurer and approver', { roles: ['treasurer', 'approver', 'auditor'], scopes: ['audit', 'entries.read'] }],
  ['a payer for a while', { roles: ['clerk'], elevated: [{ role: 'payer', until: now + 600 }] }],
  ['a payer no more', { roles: ['clerk'], elevated: [{ role: 'payer', until: now - 1 }] }],
  ['an approver who is payer for a while', { roles: ['approver'], elevated: [{ role: 'payer', until: now + 600 }] }],
  ['an approver who is payer no more', { roles: ['approver'], elevated: [{ role: 'payer', until: now - 1 }] }],
];

let issuer: TestIssuer;
let secrets: Awaited<ReturnType<typeof startSecrets>>;
let authorizer: ReturnType<typeof authorize>;

beforeAll(async () => {
  issuer = await startIssuer();
  secrets = await startSecrets('s'.repeat(48));
  const environment = {
    ...deployedEnvironment(issuer.url, secrets.url),
    POWERTOOLS_LOG_LEVEL: 'INFO',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  authorizer = authorize(authorizerPolicy(accessPolicy(api)));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await issuer.close();
  await secrets.close();
});

const concrete = (path: string) => path.replaceAll('{id}', '42');
const bearer = async ({ roles, scopes, elevated }: Rights) => {
  const scope = scopes === undefined ? {} : { scope: scopes.join(' ') };
  return `Bearer ${await issuer.sign(claimsOf(issuer.url, { roles, exp: now + 300, ...scope, ...(elevated && { elevated }) }))}`;
};
const requestOf = ({ method, path }: Route, header: string): AuthorizerEvent =>
  eventOf(header, method, path, concrete(path));

/** Handlers that succeed after the ownership checks that a rule requires. */
const served = serveApi(
  api,
  routes.map(({ id }) => ({
    route: id,
    fn: ({ caller }: { caller?: { owns?: (resource: object) => boolean } }) => {
      caller?.owns?.({ createdBy: 'somebody' });
      return { status: 200, body: { ok: true } };
    },
  })),
);

describe.each(CALLERS)('a caller with %s', (_, rights) => {
  it('gets the same result from decision, authorizer, cached policy and handler', async () => {
    const header = await bearer(rights);
    const lines = await linesOf(async () => {
      for (const route of routes.filter(({ access }) => access.kind !== 'public')) {
        const { method, path } = route;
        const expected = decide(api, { ...rights, method, path: concrete(path) }).kind === 'allow';
        const result = await authorizer(requestOf(route, header));
        const results = [allows(result.policyDocument, method, concrete(path))];
        for (const other of routes.filter(({ access }) => access.kind !== 'public')) {
          // What API Gateway does with the cached policy of another request with the same token.
          const cached = allows(result.policyDocument, other.method, concrete(other.path));
          const own = decide(api, { ...rights, method: other.method, path: concrete(other.path) }).kind === 'allow';
          expect([route.id, other.id, cached]).toEqual([route.id, other.id, own]);
        }
        const request = { method, resource: path, ...(path.includes('{id}') && { path: { id: '42' } }) };
        const { statusCode } = await call(served, { ...request, authorizer: { ...result.context } });
        results.push(statusCode === 200);
        expect([route.id, ...results]).toEqual([route.id, expected, expected]);
      }
    });
    expect(lines.length).toBeGreaterThan(routes.length);
  });
});

describe('a caller whose handlers check ownership', () => {
  it.each(['clerk', 'treasurer'])('as %s gets the same result from decision and handler', async (role) => {
    const rights = { roles: [role] };
    const put = { method: 'PUT', path: '/entries/42' };
    const decision = decide(api, { ...rights, ...put });
    let owns: boolean | undefined;
    const changeEntry = {
      route: 'changeEntry',
      fn: ({ caller }: { caller: { owns: (resource: object) => boolean } }) => {
        owns = caller.owns({ createdBy: 'somebody else' });
        return { status: 200, body: { ok: true } };
      },
    };
    const request = { method: 'PUT', resource: '/entries/{id}', path: { id: '42' }, roles: role };
    await linesOf(() => call(serveApi(api, [changeEntry]), request));
    expect(decision).toMatchObject({ kind: 'allow', route: 'changeEntry' });
    expect(owns).toBe(!('onlyOwn' in decision));
  });
});

describe('why a request is denied', () => {
  it.each([
    ['permission-missing', 'pay', { roles: ['clerk'] }],
    ['scope-missing', 'addEntry', { roles: ['clerk'] }],
    ['roles-exclusive', 'pay', { roles: ['payer', 'approver'] }],
    ['permission-missing', 'audit', { roles: ['payer', 'approver'] }],
  ] as const)('is logged as %s on %s', async (reason, id, rights) => {
    const header = await bearer(rights);
    const route = api.routes[id] as Route;
    const [line = '{}'] = await linesOf(() => authorizer(requestOf(route, header)));
    const entry = JSON.parse(line);
    expect(entry).toMatchObject({ decision: 'deny', reason });
    expect(entry.exclusiveRoles).toEqual(rights.roles.length > 1 ? rights.roles : undefined);
  });

  it('is logged with the ended and the unknown roles', async () => {
    const header = await bearer({ roles: ['ghost'], elevated: [{ role: 'payer', until: now - 1 }] });
    const [line = '{}'] = await linesOf(() => authorizer(requestOf(api.routes['pay'] as Route, header)));
    expect(JSON.parse(line)).toMatchObject({ roles: ['member'], endedRoles: ['payer'], unknownRoles: ['ghost'] });
  });
});

describe('a temporary role', () => {
  it('ends in the handlers when its time is over, whatever is cached', async () => {
    const header = await bearer({ roles: [], elevated: [{ role: 'payer', until: now + 600 }] });
    let context: ReadableContext = {};
    await linesOf(async () => {
      context = (await authorizer(requestOf(api.routes['pay'] as Route, header))).context;
    });
    expect(context.expires).toBe(String(now + 305));
    const ending = await bearer({ roles: [], elevated: [{ role: 'payer', until: now + 120 }] });
    await linesOf(async () => {
      context = (await authorizer(requestOf(api.routes['pay'] as Route, ending))).context;
    });
    expect(context.expires).toBe(String(now + 120));
    const pay = { method: 'POST', resource: '/payments' };
    const over = { ...context, expires: String(Math.floor(Date.now() / 1000)) };
    const responses: Awaited<ReturnType<typeof call>>[] = [];
    await linesOf(async () => {
      for (const authorizer of [context, over]) responses.push(await call(served, { ...pay, authorizer }));
    });
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 401]);
    // The token itself has not expired.
    expect(responses[1]?.json['detail']).toBe(
      'The token has expired, or a temporary role of it has ended. Get a new token.',
    );
  });
});

describe('the end of a token', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is the same for authorizer and handler, with the clock tolerance of the issuer and with a part of a second', async () => {
    const pay = { method: 'POST', resource: '/payments' };
    for (const exp of [now + 300, now + 300.7]) {
      const header = `Bearer ${await issuer.sign(claimsOf(issuer.url, { roles: ['payer'], exp }))}`;
      const authorize = () => authorizer(requestOf(api.routes['pay'] as Route, header));
      const seen: unknown[] = [];
      await linesOf(async () => {
        const { context: cached } = await authorize();
        vi.useFakeTimers({ toFake: ['Date'] });
        for (const seconds of [299, 300, 304.999, 305, 306]) {
          vi.setSystemTime((now + seconds) * 1000);
          const isAccepted = await authorize().then(
            () => true,
            () => false,
          );
          const { statusCode } = await call(served, { ...pay, authorizer: { ...cached } });
          seen.push([seconds, isAccepted, statusCode]);
        }
        vi.useRealTimers();
      });
      expect(seen).toEqual([
        [299, true, 200],
        [300, true, 200],
        [304.999, true, 200],
        [305, false, 401],
        [306, false, 401],
      ]);
    }
  });
});

describe('the documents', () => {
  it('agree with the decision for each role and route', () => {
    for (const { method, path, roles, access, route } of accessMatrix(api).rows) {
      for (const [role, may] of Object.entries(roles)) {
        const scopes = 'scopes' in access ? access.scopes : [];
        const decision = decide(api, { roles: [role], scopes, method, path: concrete(path) });
        expect([route, role, decision.kind === 'allow']).toEqual([route, role, may]);
      }
    }
  });

  it('name the scopes that an operation needs', () => {
    const paths = publicOpenApi(api)['paths'] as Record<string, Record<string, { security: unknown }>>;
    expect(paths['/entries/audit']?.['get']?.security).toEqual([{ bearer: ['entries.read', 'audit'] }]);
    expect(paths['/entries']?.['get']?.security).toEqual([{ bearer: [] }]);
    expect(paths['/health']?.['get']?.security).toEqual([]);
    expect(JSON.stringify(publicOpenApi(api))).toContain('- `audit`: Audit the books');
    expect(JSON.stringify(paths['/entries/{id}'])).toContain('unless the caller has the permission `entry:write-any`');
  });
});
