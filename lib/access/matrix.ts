import type { Access, Api, Escape, Route } from '../definition/api.ts';
import { reviewDue } from '../definition/checks/review.ts';
import { contentHash } from '../definition/content.ts';
import { exclusivePairs } from '../definition/exclusive.ts';
import type { Ownership } from '../definition/ownership.ts';
import { permissionsOf } from '../definition/roles.ts';
import type { RateLimit, Tier } from '../definition/tiers.ts';
import { type Grant, grantOf, mayCall } from './grants.ts';

/** One route of the matrix: who may call it and why, and its own limits by tier. */
export interface MatrixRow {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly access: Access;
  readonly ownership?: Ownership;
  /** Every role, with whether it may call the route, given the scopes that the route asks for. */
  readonly roles: Readonly<Record<string, boolean>>;
  /** Roles that may call it only for what the caller owns; empty without an ownership rule. */
  readonly onlyOwn: readonly string[];
  /** How each role that may comes by the permission; empty for routes without one. */
  readonly grants: Readonly<Record<string, Grant>>;
  readonly limits: Readonly<Record<string, RateLimit>>;
}

/** A role as a reviewer reads it. */
export interface MatrixRole {
  readonly name: string;
  /** Every caller with a valid token has it. */
  readonly isDefault: boolean;
  readonly extends: readonly string[];
  /** Permissions of its own. */
  readonly can: readonly string[];
  /** All of them, inherited ones included. */
  readonly permissions: readonly string[];
  /** Roles that nobody may hold beside it, those by inheritance included. */
  readonly excludes: readonly string[];
}

/** A scope with the routes that ask for it. */
export interface MatrixScope {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly string[];
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
  readonly roleDetails: readonly MatrixRole[];
  readonly scopes: readonly MatrixScope[];
  readonly escapes: readonly Escape[];
  readonly tiers: readonly MatrixTier[];
  /** Permissions that some role grants and no route asks for. */
  readonly unusedPermissions: readonly string[];
  /** Dates are `YYYY-MM-DD`. */
  readonly review: {
    readonly reviewed: string;
    readonly everyDays: number;
    readonly due: string;
    readonly reviewer?: string;
  };
  /** Of what a reviewer of this matrix signs. */
  readonly contentHash: string;
}

/** The access matrix of an API, routes in the order of the definition. */
export function accessMatrix(api: Api): AccessMatrix {
  const roles = Object.keys(api.roles.byName);
  const routes = Object.values(api.routes);
  return {
    api: api.name,
    version: api.version,
    roles,
    rows: routes.map((route) => rowOf(api, roles, route)),
    roleDetails: roles.map((role) => detailOf(api, role)),
    scopes: Object.entries(api.scopes).map(([name, description]) => ({
      name,
      description,
      routes: routes.filter(({ access }) => scopesOf(access).includes(name)).map(({ id }) => id),
    })),
    escapes: api.escapes,
    tiers: Object.entries(api.tiers).map(([name, tier]) => ({ name, isDefault: name === api.defaultTier, ...tier })),
    unusedPermissions: unusedPermissions(api, roles, routes),
    review: reviewOf(api),
    contentHash: contentHash(api),
  };
}

/** The scopes that an access asks for. */
export function scopesOf(access: Access): readonly string[] {
  return 'scopes' in access ? (access.scopes ?? []) : [];
}

function rowOf(api: Api, roles: readonly string[], route: Route): MatrixRow {
  const { id, method, path, access, ownership, limits } = route;
  const grants = roles.flatMap((role) => {
    const grant = access.kind === 'permission' ? grantOf(api, role, access.permission) : undefined;
    return grant === undefined ? [] : [[role, grant] as const];
  });
  return {
    route: id,
    method,
    path,
    access,
    ...(ownership === undefined ? {} : { ownership }),
    roles: Object.fromEntries(roles.map((role) => [role, mayCall(api, role, access)])),
    onlyOwn: ownership === undefined ? [] : roles.filter((role) => isBound(api, role, route)),
    grants: Object.fromEntries(grants),
    limits,
  };
}

/** Whether a role may call a route, and has not the permission of the exception from its ownership rule. */
function isBound(api: Api, role: string, { access, ownership }: Route): boolean {
  const { unless } = ownership ?? {};
  return mayCall(api, role, access) && (unless === undefined || grantOf(api, role, unless) === undefined);
}

function detailOf(api: Api, name: string): MatrixRole {
  const role = api.roles.byName[name];
  return {
    name,
    isDefault: name === api.defaultRole,
    extends: role?.extends ?? [],
    can: role?.can ?? [],
    permissions: permissionsOf(api.roles.byName, name),
    excludes: exclusivePairs(api.roles.byName)
      .filter((pair) => pair.includes(name))
      .map(([one, other]) => (one === name ? other : one)),
  };
}

function unusedPermissions(api: Api, roles: readonly string[], routes: readonly Route[]): readonly string[] {
  const granted = new Set(roles.flatMap((role) => permissionsOf(api.roles.byName, role)));
  for (const { access, ownership } of routes) {
    if (access.kind === 'permission') granted.delete(access.permission);
    if (ownership?.unless !== undefined) granted.delete(ownership.unless);
  }
  return [...granted].sort();
}

function reviewOf(api: Api): AccessMatrix['review'] {
  const { reviewed, reviewEveryDays: everyDays, reviewer } = api.roles;
  const due = reviewDue(api.roles).toISOString().slice(0, 10);
  return { reviewed, everyDays, due, ...(reviewer === undefined ? {} : { reviewer }) };
}
