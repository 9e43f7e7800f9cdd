import type { Access, Escape } from '../definition/api.ts';
import type { RateLimit } from '../definition/tiers.ts';
import type { AccessMatrix, MatrixTier } from './matrix.ts';

/** The parts of the matrix that read alike as text and as Markdown. */
export interface MatrixTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Routes × roles; a cell is `yes` or `-`. */
export function routeTable(matrix: AccessMatrix): MatrixTable {
  return {
    head: ['method', 'path', 'route', 'needs', ...matrix.roles],
    rows: matrix.rows.map(({ method, path, route, access, roles }) => [
      method,
      path,
      route,
      neededBy(access),
      ...matrix.roles.map((role) => (roles[role] === true ? 'yes' : '-')),
    ]),
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
  return { head: ['escape', 'place', 'reason'], rows: escapes.map(({ kind, place, reason }) => [kind, place, reason]) };
}

/** When the roles were reviewed and must be reviewed again. */
export function reviewLine({ review }: AccessMatrix): string {
  return `Roles reviewed ${review.reviewed}; next review due ${review.due} (every ${review.everyDays} days).`;
}

/** Permissions without a route, or nothing to say. */
export function unusedLine({ unusedPermissions }: AccessMatrix): string {
  return unusedPermissions.length === 0
    ? 'Every permission is asked for by some route.'
    : `Granted, but asked for by no route: ${unusedPermissions.join(', ')}.`;
}

function neededBy(access: Access): string {
  if (access.kind === 'permission') return access.permission;
  return access.kind === 'public' ? 'nothing (public)' : 'any valid token';
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
