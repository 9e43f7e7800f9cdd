import type { Access, Api, Escape, Route } from '../definition/api.ts';
import { permissionsOf } from '../definition/roles.ts';
import type { RateLimit, Tier } from '../definition/tiers.ts';

/** One route of the matrix: who may call it, and its own limits by tier. */
export interface MatrixRow {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly access: Access;
  /** Every role, with whether it may call the route. */
  readonly roles: Readonly<Record<string, boolean>>;
  readonly limits: Readonly<Record<string, RateLimit>>;
}

/** A tier with its name; the default one is what a token without a tier gets. */
export interface MatrixTier extends Tier {
  readonly name: string;
  readonly isDefault: boolean;
}

/** Role × route, with what a reviewer needs beside it. Plain data: the renderers only lay it out. */
export interface AccessMatrix {
  readonly api: string;
  readonly version: string;
  readonly roles: readonly string[];
  readonly rows: readonly MatrixRow[];
  readonly escapes: readonly Escape[];
  readonly tiers: readonly MatrixTier[];
  /** Permissions that some role grants and no route asks for. */
  readonly unusedPermissions: readonly string[];
  /** Dates are `YYYY-MM-DD`. */
  readonly review: { readonly reviewed: string; readonly everyDays: number; readonly due: string };
}

const DAY_MS = 86_400_000;

/** The access matrix of an API, routes in the order of the definition. */
export function accessMatrix(api: Api): AccessMatrix {
  const roles = Object.keys(api.roles.byName);
  const routes = Object.values(api.routes);
  return {
    api: api.name,
    version: api.version,
    roles,
    rows: routes.map((route) => rowOf(api, roles, route)),
    escapes: api.escapes,
    tiers: Object.entries(api.tiers).map(([name, tier]) => ({ name, isDefault: name === api.defaultTier, ...tier })),
    unusedPermissions: unusedPermissions(api, roles, routes),
    review: reviewOf(api),
  };
}

function rowOf(api: Api, roles: readonly string[], route: Route): MatrixRow {
  const { id, method, path, access, limits } = route;
  const may = (role: string) =>
    access.kind !== 'permission' || permissionsOf(api.roles.byName, role).includes(access.permission);
  return {
    route: id,
    method,
    path,
    access,
    roles: Object.fromEntries(roles.map((role) => [role, may(role)])),
    limits,
  };
}

function unusedPermissions(api: Api, roles: readonly string[], routes: readonly Route[]): readonly string[] {
  const granted = new Set(roles.flatMap((role) => permissionsOf(api.roles.byName, role)));
  for (const { access } of routes) if (access.kind === 'permission') granted.delete(access.permission);
  return [...granted].sort();
}

function reviewOf(api: Api): AccessMatrix['review'] {
  const { reviewed, reviewEveryDays: everyDays } = api.roles;
  const due = new Date(Date.parse(reviewed) + everyDays * DAY_MS).toISOString().slice(0, 10);
  return { reviewed, everyDays, due };
}
