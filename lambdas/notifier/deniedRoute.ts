import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { missingGrant, neededGrants, permissionsOf } from '../shared/grants.ts';
import { routeMethod } from '../shared/servedMethods.ts';

/** Who has access to which route. */
export type RouteAccess = Pick<AccessPolicy, 'roles' | 'routes'>;

/** What a line of the access log says of a denied request. */
interface DeniedRequest {
  readonly method: string;
  /** Path template, such as `/documents/{id}`. */
  readonly path: string;
  /** Of the caller, space-separated. */
  readonly roles: string;
  /** `denialReason`: why routes deny the caller, space-separated. */
  readonly reasons: string;
}

/** What the route needs, and why it denied this caller. */
interface ExplainedDenial {
  /** Such as `document:write`. Undefined where a valid token is enough, and where the definition does not have the route. */
  readonly needs?: string;
  /** Those reasons of the caller that this route can have; empty where the handler decided. */
  readonly reasons: readonly string[];
}

/** Reasons of a caller, whatever the route. */
const OF_CALLER = ['client-suspended'];

/**
 * Explains a denial. The gateway caches a policy for the token, so a line of the access log has the reasons of the caller for all routes;
 * which of them this route has, and which permission it needs, follows from the definition and the roles in the line.
 */
export function explainDenial({ roles: byRole, routes }: RouteAccess, denied: DeniedRequest): ExplainedDenial {
  const reasons = denied.reasons.split(' ').filter((reason) => reason !== '' && reason !== '-');
  const asked = routeMethod(denied.method);
  const route = routes.find(({ method, path }) => method === asked && path === denied.path);
  if (route === undefined) return { reasons };
  const permissions = permissionsOf(byRole, denied.roles.split(' '));
  const needs = neededGrants(route.access);
  const missing = missingGrant(route.access, { permissions, scopes: [] });
  const possible = [
    ...OF_CALLER,
    ...(missing === 'permission-missing' ? ['permission-missing', 'roles-exclusive'] : []),
    ...(missing === 'scope-missing' ? ['scope-missing'] : []),
    ...(missing !== 'permission-missing' && route.where !== undefined ? ['claim-mismatch'] : []),
  ];
  return { ...(needs === undefined ? {} : { needs }), reasons: reasons.filter((reason) => possible.includes(reason)) };
}
