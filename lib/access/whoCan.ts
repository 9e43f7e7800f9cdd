import type { Api, Route } from '../definition/api.ts';
import { type Grant, grantOf } from './grants.ts';

/** A role that has a permission, and why. */
export interface RoleGrant extends Grant {
  readonly role: string;
}

/** Which roles have a permission, and which routes need it. */
export interface WhoCan {
  readonly permission: string;
  readonly roles: readonly RoleGrant[];
  /** Routes that need it. */
  readonly routes: readonly Route[];
  /** Routes whose ownership rule it is the exception from. */
  readonly exceptions: readonly Route[];
}

/** Every permission that some role grants, sorted. */
export function permissionsIn(api: Api): readonly string[] {
  return [...new Set(Object.values(api.roles.byName).flatMap(({ can }) => can))].sort();
}

/** Which roles have a permission, by which inheritance, and which routes need it. */
export function whoCan(api: Api, permission: string): WhoCan {
  const routes = Object.values(api.routes);
  return {
    permission,
    roles: Object.keys(api.roles.byName).flatMap((role) => {
      const grant = grantOf(api, role, permission);
      return grant === undefined ? [] : [{ role, ...grant }];
    }),
    routes: routes.filter(({ access }) => access.kind === 'permission' && access.permission === permission),
    exceptions: routes.filter(({ ownership }) => ownership?.unless === permission),
  };
}
