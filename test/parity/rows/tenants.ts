/** Requests of callers with claims: whose tenant is in the path, and how both are spelled. */
import { Type } from 'typebox';
import { type Api, defineApi, defineRoles, del, get, object } from '../../../lib/definition/index.ts';
import type { ExpectedAccess } from '../request.ts';

const Tenant = Type.String({ maxLength: 64, pattern: '^[a-z0-9.-]+$' });
const Shop = Type.Integer({ minimum: 1, maximum: 99 });
const path = object({ tenantId: Tenant });
const responses = { 204: { description: 'Done' } };
const where = { 'path.tenantId': 'claims.tenant' } as const;

/** A shop whose orders belong to tenants. */
export const shops: Api = defineApi({
  name: 'shops',
  version: '1.0.0',
  roles: defineRoles(
    { clerk: { can: ['order:read'] }, owner: { extends: ['clerk'], can: ['order:delete'] } },
    { reviewed: '2026-11-01' },
  ),
  tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
  claims: { tenant: Tenant, shop: Type.Optional(Shop) },
  routes: {
    catalogue: get('/catalogue', { permission: 'order:read', responses }),
    me: get('/me', { authenticated: 'everybody has a profile', responses }),
    listOrders: get('/tenants/{tenantId}/orders', { permission: 'order:read', where, path, responses }),
    removeOrder: del('/tenants/{tenantId}/orders/{id}', {
      permission: 'order:delete',
      where,
      path: object({ tenantId: Tenant, id: Type.String({ maxLength: 20 }) }),
      responses,
    }),
    readShop: get('/tenants/{tenantId}/shops/{shop}', {
      permission: 'order:read',
      where: { ...where, 'path.shop': 'claims.shop' },
      path: object({ tenantId: Tenant, shop: Shop }),
      responses,
    }),
  },
});

/** A request, and what each part must decide. */
export interface TenantRow {
  readonly name: string;
  readonly method: 'GET' | 'DELETE';
  readonly path: string;
  readonly roles: readonly string[];
  /** As the token has them. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly access: ExpectedAccess;
}

const row = (
  name: string,
  path: string,
  claims: TenantRow['claims'],
  access: ExpectedAccess,
  more: Partial<TenantRow> = {},
): TenantRow => ({ name, method: 'GET', path, roles: ['clerk'], claims, access, ...more });

const acme = { tenant: 'acme' };
const orders = (tenant: string) => `/tenants/${tenant}/orders`;

/** Another tenant, and what only looks like the own one. None is decoded: a path never has to encode what a claim can have. */
const FOREIGN = [
  'beta',
  'acm',
  'acmee',
  'ACME',
  'Acme',
  '%61cme',
  'acm%65',
  'acme%20',
  '%20acme',
  'acme%00',
  'acme%2F',
  'acme%2f..%2fbeta',
  'acme%252F',
  'acme;x=1',
  'acme.',
  '.acme',
  '*',
  '%2A',
  'acme*',
  '????',
  '%3F%3F%3F%3F',
  '%D0%B0cme',
  'undefined',
  'null',
  '%5Bobject%20Object%5D',
  '__proto__',
  'constructor',
];
/** What no token of this API has as its tenant. */
const NO_TENANT: readonly (readonly [string, unknown])[] = [
  ['none', undefined],
  ['null', null],
  ['an empty string', ''],
  ['a list', ['acme']],
  ['an object', { acme: true }],
  ['a number', 7],
  ['a boolean', true],
  ['a wildcard', '*'],
  ['a wildcard at the end', 'acm*'],
  ['wildcards of one character', '????'],
  ['two segments', 'acme/orders'],
  ['a step up', '..'],
  ['a step up in a segment', 'acme/../beta'],
  ['an encoded slash', 'acme%2Fbeta'],
  ['capitals', 'ACME'],
  ['a blank at the end', 'acme '],
  ['a line break', 'acme\n'],
  ['a control character', 'acme\u0000'],
  ['a letter that looks like another', '\u0430cme'],
  ['too many characters', 'a'.repeat(65)],
];
const SHOPS: readonly (readonly [string, unknown, ExpectedAccess])[] = [
  ['the own shop', 7, 'allow'],
  ['another shop', 8, 'forbidden'],
  ['no shop', undefined, 'forbidden'],
  ['a shop as a string', '7', 'unauthenticated'],
  ['a shop that is no integer', 7.5, 'unauthenticated'],
  ['a shop beyond the highest', 100, 'unauthenticated'],
];

export const TENANT_ROWS: readonly TenantRow[] = [
  row('own orders', orders('acme'), acme, 'allow'),
  row('own orders of a tenant with a dot', orders('a.b-c'), { tenant: 'a.b-c' }, 'allow'),
  row('orders of another one whose name fits a dot', orders('axb-c'), { tenant: 'a.b-c' }, 'forbidden'),
  row('what belongs to no tenant', '/catalogue', acme, 'allow'),
  row('own profile', '/me', acme, 'allow'),
  row('an order of the own tenant, as its owner', '/tenants/acme/orders/1', acme, 'allow', {
    method: 'DELETE',
    roles: ['owner'],
  }),
  row('an order of another tenant, as an owner', '/tenants/beta/orders/1', acme, 'forbidden', {
    method: 'DELETE',
    roles: ['owner'],
  }),
  row('an order of the own tenant without the permission', '/tenants/acme/orders/1', acme, 'forbidden', {
    method: 'DELETE',
  }),
  ...FOREIGN.map((tenant) => row(`orders of ${tenant}`, orders(tenant), acme, 'forbidden')),
  ...NO_TENANT.map(([name, tenant]) => row(`${name} as the tenant`, orders('acme'), { tenant }, 'unauthenticated')),
  ...NO_TENANT.map(([name, tenant]) => row(`${name} as the tenant, elsewhere`, '/me', { tenant }, 'unauthenticated')),
  ...SHOPS.map(([name, shop, access]) => row(name, '/tenants/acme/shops/7', { ...acme, shop }, access)),
  row('the own shop as another tenant', '/tenants/beta/shops/7', { ...acme, shop: 7 }, 'forbidden'),
  row('the own shop with a zero before it', '/tenants/acme/shops/07', { ...acme, shop: 7 }, 'forbidden'),
  row('the own shop with a sign', '/tenants/acme/shops/+7', { ...acme, shop: 7 }, 'forbidden'),
];
