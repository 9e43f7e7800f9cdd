import type { Access, Escape } from '../definition/api.ts';
import type { RateLimit } from '../definition/tiers.ts';
import type { Grant } from './grants.ts';
import type { AccessMatrix, MatrixRow, MatrixTier } from './matrix.ts';

/** The parts of the matrix that read alike in every format. */
export interface MatrixTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What stands in a cell that says nothing. */
const NONE = '-';

/** Routes × roles; a cell is `yes`, `own` (only for what the caller owns) or `-`. */
export function routeTable(matrix: AccessMatrix): MatrixTable {
  return {
    head: ['method', 'path', 'route', 'needs', ...matrix.roles],
    rows: matrix.rows.map((row) => [
      row.method,
      row.path,
      row.route,
      neededBy(row),
      ...matrix.roles.map((role) => mayWord(row, role)),
    ]),
  };
}

function mayWord({ roles, onlyOwn }: MatrixRow, role: string): string {
  if (roles[role] !== true) return NONE;
  return onlyOwn.includes(role) ? 'own' : 'yes';
}

/** Roles with what they inherit, grant and exclude. */
export function roleTable({ roleDetails }: AccessMatrix): MatrixTable {
  return {
    head: ['role', 'inherits', 'grants', 'excludes'],
    rows: roleDetails.map(({ name, isDefault, extends: parents, can, excludes }) => [
      isDefault ? `${name} (default)` : name,
      listed(parents),
      listed(can),
      listed(excludes),
    ]),
  };
}

/** Every permission that routes ask for, with the way in which each role comes by it. */
export function grantTable({ rows, roles }: AccessMatrix): MatrixTable {
  const byPermission = new Map<string, MatrixRow['grants']>();
  for (const { access, grants } of rows) if (access.kind === 'permission') byPermission.set(access.permission, grants);
  return {
    head: ['permission', 'by'],
    rows: [...byPermission].map(([permission, grants]) => [
      permission,
      roles.flatMap((role) => (grants[role] === undefined ? [] : [grantWords(role, grants[role])])).join('; '),
    ]),
  };
}

/** Scopes with what they are for and the routes that ask for them. */
export function scopeTable({ scopes }: AccessMatrix): MatrixTable {
  return {
    head: ['scope', 'lets a client', 'asked for by'],
    rows: scopes.map(({ name, description, routes }) => [name, description, listed(routes)]),
  };
}

/** Tiers, then the routes that have limits of their own. */
export function limitTable(matrix: AccessMatrix): MatrixTable {
  const tiers = matrix.tiers.map((tier) => [tierName(tier), 'every route', ...rateCells(tier), quotaOf(tier)]);
  const own = matrix.rows.flatMap(({ route, limits }) =>
    Object.entries(limits).map(([tier, limit]) => [tier, route, ...rateCells(limit), '']),
  );
  return { head: ['tier', 'route', 'rate', 'burst', 'quota'], rows: [...tiers, ...own] };
}

/** Everything that the checks let pass on purpose, with the reason given. */
export function escapeTable(escapes: readonly Escape[]): MatrixTable {
  return {
    head: ['escape', 'place', 'reason'],
    rows: escapes.map(({ kind, location, reason }) => [kind, location, reason]),
  };
}

/** When the roles were reviewed, by whom, and when they must be reviewed again. */
export function reviewLine({ review }: AccessMatrix): string {
  const by = review.reviewer === undefined ? '' : ` by ${review.reviewer}`;
  return `Roles reviewed ${review.reviewed}${by}; next review due ${review.due} (every ${review.everyDays} days).`;
}

/** Permissions without a route, or nothing to say. */
export function unusedLine({ unusedPermissions }: AccessMatrix): string {
  return unusedPermissions.length === 0
    ? 'Every permission is asked for by some route.'
    : `Granted, but asked for by no route: ${unusedPermissions.join(', ')}.`;
}

/** What it takes to call a route: permission, scopes, ownership. */
export function neededBy({ access, ownership }: Pick<MatrixRow, 'access' | 'ownership'>): string {
  const own = ownership === undefined ? [] : [`own (${ownership.field})`];
  const except = ownership?.unless === undefined ? '' : ` unless ${ownership.unless}`;
  return `${[...accessWords(access), ...own].join(', ')}${except}`;
}

/** How a role comes by a permission: `editor`, `admin → manager → editor`, or `clerk by the default role member`. */
export function grantWords(role: string, { path, byDefault }: Grant): string {
  return byDefault === true ? `${role} by the default role ${path.join(' → ')}` : path.join(' → ');
}

function accessWords(access: Access): readonly string[] {
  if (access.kind === 'public') return ['nothing (public)'];
  if (access.kind === 'authenticated') return ['any valid token'];
  const scopes = (access.scopes ?? []).map((scope) => `scope ${scope}`);
  return access.kind === 'permission' ? [access.permission, ...scopes] : scopes;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? NONE : names.join(', ');
}

function tierName(tier: MatrixTier): string {
  return tier.isDefault ? `${tier.name} (default)` : tier.name;
}

function rateCells({ rate, burst }: RateLimit): readonly [string, string] {
  return [`${grouped(rate)}/s`, grouped(burst)];
}

function quotaOf({ quota }: MatrixTier): string {
  return `${grouped(quota.requests)} a ${quota.per.toLowerCase()}`;
}

/** Thousands by comma, whatever the locale of the machine is. */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
