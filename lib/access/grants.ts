import type { Access } from '../definition/access.ts';
import type { Api } from '../definition/api.ts';
import { lineageOf } from '../definition/roles.ts';

/** Why a role has a permission: the role itself grants it, or a role that it inherits. */
export interface Grant {
  /** From the role to the one that grants the permission: `[admin, manager, editor]`. */
  readonly path: readonly string[];
  /** The role has it only because every caller has the default role. */
  readonly byDefault?: true;
}

/** Why a role has a permission, by the shortest path; undefined where it has none. The role's own path precedes the default role's. */
export function grantOf(api: Api, role: string, permission: string): Grant | undefined {
  const path = pathTo(api, role, permission);
  if (path !== undefined) return { path };
  const common = api.defaultRole === undefined ? undefined : pathTo(api, api.defaultRole, permission);
  return common === undefined ? undefined : { path: common, byDefault: true };
}

/** Whether callers with a role are allowed to call a route, if their token has its scopes. No role replaces a signature. */
export function mayCall(api: Api, role: string, access: Access): boolean {
  if (access.kind === 'webhook') return false;
  return access.kind !== 'permission' || grantOf(api, role, access.permission) !== undefined;
}

function pathTo(api: Api, role: string, permission: string): readonly string[] | undefined {
  const { byName } = api.roles;
  return [...lineageOf(byName, role)].find(([name]) => byName[name]?.can.includes(permission))?.[1];
}
