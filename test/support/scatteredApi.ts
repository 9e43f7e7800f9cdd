import { type Api, defineApi, defineRoles, del, get, post, type RouteSpec } from '../../lib/definition/index.ts';

/** Roles that have any of the permissions of many routes, each route with its own; below one segment, one function serves them. */
export function scatteredApi(resources: number, segment?: string): Api {
  const pathOf = (name: string): `/${string}` => (segment === undefined ? `/${name}` : `/${segment}/${name}`);
  const responses = { responses: { 200: { description: 'Done' } } };
  const names = Array.from({ length: resources }, (_, i) => `things${String.fromCharCode(97 + (i % 26))}${i}`);
  const routes = names.flatMap((name, i): readonly (readonly [string, RouteSpec])[] => [
    [`list${i}`, get(pathOf(name), { permission: `${name}:list`, ...responses })],
    [`add${i}`, post(pathOf(name), { permission: `${name}:add`, ...responses })],
    [`clear${i}`, del(pathOf(name), { permission: `${name}:clear`, ...responses })],
  ]);
  const all = names.flatMap((name) => [`${name}:list`, `${name}:add`, `${name}:clear`] as const);
  // A third of them, and in no order.
  const some = (turn: number) => all.filter((_, i) => ((i * 7919 + turn * 31) >> 2) % 3 === 0);
  const roles = defineRoles(
    { one: { can: some(0) }, two: { can: some(1) }, few: { can: all.slice(0, 2) }, all: { can: all } },
    { reviewed: '2026-11-01' },
  );
  const tiers = { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } };
  const input = { name: 'scattered', version: '1.0.0', roles, tiers, routes: Object.fromEntries(routes) };
  return defineApi(input as never, { today: new Date('2026-11-10T00:00:00Z') }) as unknown as Api;
}
