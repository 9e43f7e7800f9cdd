import type { Exemption } from '../definition/api.ts';
import { deprecationNote } from '../definition/deprecation.ts';
import type { RateLimit } from '../definition/tiers.ts';
import { describeGrant, describeRequirement, describeRule } from './describe.ts';
import type { AccessMatrix, MatrixRow, MatrixTier } from './matrix.ts';
import { mostOpen, openPairs } from './openRoutes.ts';

/** A table of the matrix, the same in every format. */
export interface MatrixTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The content of an empty cell. */
const NONE = '-';

/** Routes × roles; a cell is `yes`, `own` (only for what the caller owns) or `-`. */
export function routeTable(matrix: AccessMatrix): MatrixTable {
  return {
    head: ['method', 'path', 'route', 'needs', ...matrix.roles],
    rows: matrix.rows.map((row) => [
      row.method,
      row.path,
      row.deprecated === undefined ? row.route : `${row.route} (${deprecationNote(row.deprecated)})`,
      describeRequirement(row),
      ...matrix.roles.map((role) => accessCell(row, role)),
    ]),
  };
}

function accessCell({ roles, onlyOwn }: MatrixRow, role: string): string {
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

/** Roles whose policy leaves routes to the handlers, and how many pairs of roles do, with the pair that leaves most. */
export function openTable({ openRoutes: { roles, pairs } }: AccessMatrix): MatrixTable {
  const ofRoles = Object.entries(roles).map(([role, count]) => [role, String(count)]);
  const ofPairs = pairs.most === undefined ? [] : [[openPairs(pairs), mostOpen(pairs.most)]];
  return { head: ['role', 'routes'], rows: [...ofRoles, ...ofPairs] };
}

/** Every permission that routes need, with the roles that have it and why. */
export function grantTable({ rows, roles }: AccessMatrix): MatrixTable {
  const byPermission = new Map<string, MatrixRow['grants']>();
  for (const { access, grants } of rows) if (access.kind === 'permission') byPermission.set(access.permission, grants);
  return {
    head: ['permission', 'by'],
    rows: [...byPermission].map(([permission, grants]) => [
      permission,
      roles.flatMap((role) => (grants[role] === undefined ? [] : [describeGrant(role, grants[role])])).join('; '),
    ]),
  };
}

/** Scopes with their descriptions and the routes that need them. */
export function scopeTable({ scopes }: AccessMatrix): MatrixTable {
  return {
    head: ['scope', 'allows a client to', 'needed by'],
    rows: scopes.map(({ name, description, routes }) => [name, description, listed(routes)]),
  };
}

/** Claims with what their values are, and the routes that compare a path parameter with them. */
export function claimTable({ claims }: AccessMatrix): MatrixTable {
  return {
    head: ['claim', 'value', 'a token without it', 'in logs', 'compared by'],
    rows: claims.map(({ name, rule, routes }) => [
      name,
      describeRule(rule),
      rule.optional === true ? 'is accepted' : 'is rejected',
      rule.sensitive === true ? 'no' : 'yes',
      listed(routes),
    ]),
  };
}

/** Tiers, then the routes with their own limits. */
export function limitTable(matrix: AccessMatrix): MatrixTable {
  const tiers = matrix.tiers.map((tier) => [tierName(tier), 'every route', ...rateCells(tier), quotaOf(tier)]);
  const own = matrix.rows.flatMap(({ route, limits }) =>
    Object.entries(limits).map(([tier, limit]) => [tier, route, ...rateCells(limit), '']),
  );
  return { head: ['tier', 'route', 'rate', 'burst', 'quota'], rows: [...tiers, ...own] };
}

/** Everything that is exempt from a check, with its reason. */
export function exemptionTable(exemptions: readonly Exemption[]): MatrixTable {
  return {
    head: ['exemption', 'location', 'reason'],
    rows: exemptions.map(({ kind, location, reason }) => [kind, location, reason]),
  };
}

/** When the roles were reviewed, by whom, and when they must be reviewed again. */
export function reviewLine({ review }: AccessMatrix): string {
  const by = review.reviewer === undefined ? '' : ` by ${review.reviewer}`;
  return `Roles reviewed ${review.reviewed}${by}; next review due ${review.due} (every ${review.everyDays} days).`;
}

/** The permissions that no route needs. */
export function unusedLine({ unusedPermissions }: AccessMatrix): string {
  return unusedPermissions.length === 0
    ? 'Every permission is needed by some route.'
    : `Granted, but needed by no route: ${unusedPermissions.join(', ')}.`;
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
