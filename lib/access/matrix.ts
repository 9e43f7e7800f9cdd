import type { Access, Ownership } from '../definition/access.ts';
import type { Api, Exemption, Route } from '../definition/api.ts';
import { reviewDue } from '../definition/checks/review.ts';
import type { ClaimRule, Where } from '../definition/claims.ts';
import { contentHash } from '../definition/contentHash.ts';
import { DEFAULT_STAGE } from '../definition/defaultStage.ts';
import type { Deprecation } from '../definition/deprecation.ts';
import { exclusivePairs } from '../definition/exclusiveRoles.ts';
import { permissionsOf } from '../definition/roles.ts';
import type { RateLimit, Tier } from '../definition/tiers.ts';
import { type Grant, grantOf, mayCall } from './grants.ts';
import { type OpenRoutes, openRoutes } from './openRoutes.ts';

/** One route of the matrix: who is allowed to call it and why, and its own limits by tier. */
export interface MatrixRow {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly access: Access;
  readonly ownership?: Ownership;
  /** Path parameters that have to equal claims of the caller. */
  readonly where?: Where;
  /** For every role, whether it is allowed to call the route, if the token has the route's scopes. */
  readonly roles: Readonly<Record<string, boolean>>;
  /** Roles that are allowed to call it only for what the caller owns; empty without an ownership rule. */
  readonly onlyOwn: readonly string[];
  /** Why each allowed role has the permission; empty for routes without one. */
  readonly grants: Readonly<Record<string, Grant>>;
  readonly limits: Readonly<Record<string, RateLimit>>;
  /** Absent where the route is not deprecated. */
  readonly deprecated?: Deprecation;
}

/** A role with what a reviewer needs to know. */
export interface MatrixRole {
  readonly name: string;
  /** Every caller with a valid token has it. */
  readonly isDefault: boolean;
  readonly extends: readonly string[];
  /** Its own permissions. */
  readonly can: readonly string[];
  /** All of them, inherited ones included. */
  readonly permissions: readonly string[];
  /** Roles that nobody may hold beside it, those by inheritance included. */
  readonly excludes: readonly string[];
}

/** A scope with the routes that need it. */
export interface MatrixScope {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly string[];
}

/** A claim with its rule, and the routes that compare a path parameter with it. */
export interface MatrixClaim {
  readonly name: string;
  readonly rule: ClaimRule;
  readonly routes: readonly string[];
}

/** A tier with its name. The default tier is for tokens that name none. */
export interface MatrixTier extends Tier {
  readonly name: string;
  readonly isDefault: boolean;
}

/** Role × route, with what else a reviewer needs. Plain data: the renderers only lay it out. */
export interface AccessMatrix {
  readonly api: string;
  readonly version: string;
  readonly roles: readonly string[];
  readonly rows: readonly MatrixRow[];
  readonly roleDetails: readonly MatrixRole[];
  readonly scopes: readonly MatrixScope[];
  readonly claims: readonly MatrixClaim[];
  readonly exemptions: readonly Exemption[];
  readonly tiers: readonly MatrixTier[];
  /** Permissions that some role grants and no route needs. */
  readonly unusedPermissions: readonly string[];
  /** Routes that the authorizer's policies leave to the second check of the handlers, with the stage that an API has by default. */
  readonly openRoutes: OpenRoutes;
  /** Dates are `YYYY-MM-DD`. */
  readonly review: {
    readonly reviewed: string;
    readonly everyDays: number;
    readonly due: string;
    readonly reviewer?: string;
  };
  /** Hash of what a reviewer of this matrix signs. */
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
    claims: Object.entries(api.claimRules).map(([name, rule]) => ({
      name,
      rule,
      routes: routes.filter(({ where = {} }) => Object.values(where).includes(name)).map(({ id }) => id),
    })),
    exemptions: api.exemptions,
    tiers: Object.entries(api.tiers).map(([name, tier]) => ({ name, isDefault: name === api.defaultTier, ...tier })),
    unusedPermissions: unusedPermissions(api, roles, routes),
    openRoutes: openRoutes(api, DEFAULT_STAGE),
    review: reviewOf(api),
    contentHash: contentHash(api),
  };
}

/** The scopes that a route needs. */
export function scopesOf(access: Access): readonly string[] {
  return 'scopes' in access ? (access.scopes ?? []) : [];
}

function rowOf(api: Api, roles: readonly string[], route: Route): MatrixRow {
  const { id, method, path, access, ownership, where, limits, deprecated } = route;
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
    ...(where === undefined ? {} : { where }),
    roles: Object.fromEntries(roles.map((role) => [role, mayCall(api, role, access)])),
    onlyOwn: ownership === undefined ? [] : roles.filter((role) => isOwnOnly(api, role, route)),
    grants: Object.fromEntries(grants),
    limits,
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** Whether a role is allowed to call a route only for what the caller owns. */
function isOwnOnly(api: Api, role: string, { access, ownership }: Route): boolean {
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
