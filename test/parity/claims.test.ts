/** The reference decision, the authorizer's policies and the functions agree on claims and on `where`; each broken one disagrees. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../lambdas/authorizer/event.ts';
import { serve } from '../../lambdas/runtime/serve.ts';
import { claimMember } from '../../lambdas/shared/wireContract.ts';
import { accessPolicy, decide } from '../../lib/access/index.ts';
import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import { allows, STAGE } from '../unit/authorizer/support/authorizer.ts';
import { type Authorizer, type Identity, startIdentity } from './identity.ts';
import { servedRoutes } from './implementations/lambda.ts';
import type { ExpectedAccess } from './request.ts';
import { shops, TENANT_ROWS, type TenantRow } from './rows/tenants.ts';

type Decide = (row: TenantRow) => Promise<ExpectedAccess> | ExpectedAccess;

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.close());

const policy = accessPolicy(shops);
const routes = Object.values(shops.routes);

/** The route of a row; none of the paths fits two. */
function routeOf({ method, path }: TenantRow) {
  const route = routes.find(
    (one) => one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return route ?? expect.fail(`no route for ${path}`);
}

/** The policy for a request of the caller, or its rejection. */
async function policyFor(authorizer: Authorizer, caller: TenantRow, asked: TenantRow): Promise<PolicyDocument | '401'> {
  const token = await identity.tokenWith({ roles: caller.roles, ...caller.claims });
  const event = {
    methodArn: `${STAGE}/${asked.method}${asked.path}`,
    resource: routeOf(asked).path,
    httpMethod: asked.method,
    multiValueHeaders: { Authorization: [`Bearer ${token}`] },
  };
  try {
    return (await authorizer(event)).policyDocument;
  } catch (error) {
    if (error instanceof Error && error.message === 'Unauthorized') return '401';
    throw error;
  }
}

function accessBy(result: PolicyDocument | '401', { method, path }: TenantRow): ExpectedAccess {
  if (result === '401') return 'unauthenticated';
  return allows(result, method, path) ? 'allow' : 'forbidden';
}

const reference: Decide = (row) => {
  const { kind } = decide(shops, row);
  return kind === 'no-such-route' ? 'no-route' : kind;
};

const byPolicy =
  (authorizer: Authorizer): Decide =>
  async (row) =>
    accessBy(await policyFor(authorizer, row, row), row);

/** API Gateway caches one policy for a token, whatever the request was that it was made for. */
const byCachedPolicy =
  (authorizer: Authorizer): Decide =>
  async (row) => {
    const asked = TENANT_ROWS.filter(({ name }) => /^(own|what|an order|orders of (beta|acmee|\*)$)/.test(name));
    const found = await Promise.all(asked.map(async (other) => accessBy(await policyFor(authorizer, row, other), row)));
    return found.find((access) => access !== row.access) ?? row.access;
  };

/** Functions, with the context that a careless authorizer would give them. A 400 is of a request that is allowed. */
function byFunction(change: (contract: RouteContract) => RouteContract = (same) => same): Decide {
  const { roles, exclusive, claims } = policy;
  const served = servedRoutes(shops).map((route) => ({ ...route, contract: change(route.contract) }));
  const handler = serve({ api: shops.name, roles, exclusive, claims, routes: served });
  return async (row) => {
    const { path } = routeOf(row);
    const sent = row.path.split('/');
    const parameters = path
      .split('/')
      .flatMap((segment, i) => (segment.startsWith('{') ? [[segment.slice(1, -1), sent[i] ?? ''] as const] : []));
    const context = Object.entries(row.claims).map(
      ([name, value]) => [claimMember(name), contextValue(value)] as const,
    );
    const caller = { subject: 'user-1', roles: row.roles.join(' '), tier: 'free', client: 'c', issuer: 'https://i' };
    const expires = String(Math.floor(Date.now() / 1000) + 300);
    const { statusCode } = await handler(
      {
        resource: path,
        httpMethod: row.method,
        pathParameters: Object.fromEntries(parameters),
        requestContext: { authorizer: { ...caller, expires, ...Object.fromEntries(context) } },
      },
      { functionName: 'test' },
    );
    if (statusCode === 401) return 'unauthenticated';
    return statusCode === 403 ? 'forbidden' : 'allow';
  };
}

/** API Gateway gives functions the numbers and booleans of a context as strings. */
function contextValue(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** In a context, a string can stand for an integer, so these rows are for tokens alone. */
const isOfTokens = ({ name }: TenantRow) =>
  ['a shop as a string', 'a number as the tenant', 'a boolean as the tenant'].some((start) => name.startsWith(start));

async function disagreements(evaluate: Decide, rows = TENANT_ROWS): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of rows) if ((await evaluate(row)) !== row.access) found.push(row.name);
  return found;
}

const namesOf = (holds: (row: TenantRow) => boolean) => TENANT_ROWS.filter(holds).map(({ name }) => name);
const inContexts = TENANT_ROWS.filter((row) => !isOfTokens(row));
/** Denied by `where` alone. */
const isForeign = ({ name, access }: TenantRow) => access === 'forbidden' && !name.includes('without the permission');
const { tenant: _, ...otherRules } = policy.claims ?? {};

describe('every part agrees on tenants', () => {
  it('the reference decision', async () => expect(await disagreements(reference)).toEqual([]));
  it('the policy of the authorizer', async () => {
    expect(await disagreements(byPolicy(identity.authorizer(policy)))).toEqual([]);
  });
  it('a policy of the authorizer that was made for another request', async () => {
    expect(await disagreements(byCachedPolicy(identity.authorizer(policy)))).toEqual([]);
  });
  it('the functions', async () => expect(await disagreements(byFunction(), inContexts)).toEqual([]));
});

describe('a broken authorizer is detected', () => {
  it('that ignores where', async () => {
    const unbound = { ...policy, routes: policy.routes.map(({ where: _where, ...route }) => route) };
    for (const evaluate of [byPolicy, byCachedPolicy])
      expect(await disagreements(evaluate(identity.authorizer(unbound)))).toEqual(namesOf(isForeign));
  });

  it('that compares one of two parameters', async () => {
    const half = policy.routes.map((route) => ({
      ...route,
      ...(route.where === undefined ? {} : { where: { tenantId: 'tenant' } }),
    }));
    expect(await disagreements(byPolicy(identity.authorizer({ ...policy, routes: half })))).toEqual(
      namesOf(({ name, access }) => access === 'forbidden' && /shop/.test(name) && !name.includes('another tenant')),
    );
  });

  it('that takes any value of a claim', async () => {
    const any = { ...policy, claims: { ...otherRules, tenant: { type: 'string', min: 1, max: 128 } as const } };
    const found = await disagreements(byPolicy(identity.authorizer(any)));
    expect(found).toEqual(namesOf(({ name }) => /^(capitals|too many characters) as the tenant/.test(name)));
  });

  it('that needs no claim', async () => {
    const optional = { type: 'string', optional: true, min: 1, max: 64, patterns: ['^[a-z0-9.-]+$'] } as const;
    const lax = { ...policy, claims: { ...otherRules, tenant: optional } };
    const found = await disagreements(byPolicy(identity.authorizer(lax)));
    expect(found).toEqual(namesOf(({ name }) => /^(none|null) as the tenant/.test(name)));
  });

  it('whose policy compares the beginning of the path', async () => {
    const authorizer = identity.authorizer(policy);
    const wide: Authorizer = async (event) => {
      const result = await authorizer(event);
      const text = JSON.stringify(result.policyDocument).replaceAll('/tenants/acme/', '/tenants/acme*/');
      return { ...result, policyDocument: JSON.parse(text) as PolicyDocument };
    };
    const found = await disagreements(byCachedPolicy(wide));
    expect(found).toContain('orders of acmee');
    expect(found).not.toContain('orders of beta');
  });
});

describe('a broken function is detected', () => {
  it('that ignores where', async () => {
    const found = await disagreements(
      byFunction(({ where: _where, ...contract }) => contract),
      inContexts,
    );
    expect(found).toEqual(namesOf(isForeign));
  });

  it('that compares another claim', async () => {
    const swapped = byFunction((contract) =>
      contract.where === undefined ? contract : { ...contract, where: { tenantId: 'shop' } },
    );
    expect(await disagreements(swapped, inContexts)).toContain('own orders');
  });
});
