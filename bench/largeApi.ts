import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Type } from 'typebox';
import {
  type Api,
  defineApi,
  defineRoles,
  del,
  get,
  object,
  post,
  put,
  type RouteSpec,
} from '../lib/definition/index.ts';
import { Identity, SecureApi } from '../lib/index.ts';
import { withSharedBuilds } from './sharedBuilds.ts';

const METHODS = [get, post, put, del];
const PERMISSIONS = 200;
const PERMISSIONS_OF_A_ROLE = 12;
const ANONYMOUS = { rate: 10_000, burst: 5_000, perAddress: 2_000_000_000 };

/** The path of the only public route, which is the last one of the definition. */
export const PUBLIC_PATH = '/shop/open';

/**
 * A definition of `routes` routes that one function serves, four on each path, with 50 roles or as many as are asked for, of at least 12
 * permissions each. The permissions are
 * scattered over the routes, as they are where an API has grown for years.
 */
export function largeApi(routes: number, roleCount = 50): Api {
  const permission = (n: number) => `thing${n % PERMISSIONS}:use`;
  const response = { responses: { 200: { description: 'Done', body: object({ status: Type.Literal('ok') }) } } };
  // A body in each response would make the template larger than CloudFormation takes.
  const none = { responses: { 204: { description: 'Done' } } };
  const specs = Array.from({ length: routes - 1 }, (_, i): readonly [string, RouteSpec] => {
    const path = `/shop/things${Math.floor(i / METHODS.length)}` as const;
    const route = METHODS[i % METHODS.length] as typeof get;
    return [`route${i}`, route(path, { permission: permission(i * 7), summary: 'A thing', ...none })];
  });
  const used = [...new Set(specs.map((_, i) => permission(i * 7)))];
  const roles = Array.from({ length: roleCount }, (_, role) => {
    const can = Array.from({ length: PERMISSIONS_OF_A_ROLE }, (_, i) => used[(role * 13 + i * 37) % used.length] ?? '');
    return [`role${role}`, { can: [...new Set([...can, ...used.filter((_, i) => i % roleCount === role)])] }] as const;
  });
  const open = get(PUBLIC_PATH, { public: 'the load generator has no token', summary: 'Open', ...response });
  return defineApi(
    {
      name: 'large',
      version: '1.0.0',
      roles: defineRoles(Object.fromEntries(roles) as never, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
      tiers: { free: { rate: 10_000, burst: 5_000, quota: { requests: 1_000_000_000, per: 'DAY' } } },
      anonymous: ANONYMOUS,
      routes: Object.fromEntries([...specs, ['open', open]]) as Record<string, RouteSpec>,
    } as never,
    { today: new Date('2026-11-10T00:00:00Z') },
  ) as Api;
}

/** Writes handlers that respond at once, and returns their folder. */
export function largeHandlers(scratch: string, definition: Api): string {
  const handlers = mkdtempSync(join(scratch, 'handlers-'));
  for (const id of Object.keys(definition.routes)) {
    const source = `export const handler = { route: '${id}', fn: async () => ({ status: 200, body: { status: 'ok' } }) };\n`;
    writeFileSync(join(handlers, `${id}.mjs`), source);
  }
  return handlers;
}

/** Synthesizes the API, with such handlers, and returns the path of the assembly. */
export function largeAssembly(scratch: string, issuer: string, definition: Api): string {
  const handlers = largeHandlers(scratch, definition);
  const outdir = mkdtempSync(join(scratch, 'large.out-'));
  withSharedBuilds(() => {
    const app = new App({ outdir, analyticsReporting: false });
    new SecureApi(new Stack(app, 'Large', { suppressTemplateIndentation: true }), 'Api', {
      definition,
      handlers,
      identity: Identity.oidc({ issuer, jwksUri: `${issuer}/jwks`, audience: 'documents' }),
      waf: { ipLimit: ANONYMOUS.perAddress },
    });
    app.synth();
  });
  return outdir;
}
