import type { Access, Api } from '../definition/api.ts';
import { lineageOf } from '../definition/roles.ts';

/** Why a role may do something: the role itself, or whom it inherits it from. */
export interface Grant {
  /** From the role to the one that names the permission: `[admin, manager, editor]`. */
  readonly path: readonly string[];
  /** The role has it only because every caller has the default role. */
  readonly byDefault?: true;
}

/** Why a role has a permission; undefined when it has not. The shortest way counts, the role's own before the default's. */
export function grantOf(api: Api, role: string, permission: string): Grant | undefined {
  const path = pathTo(api, role, permission);
  if (path !== undefined) return { path };
  const common = api.defaultRole === undefined ? undefined : pathTo(api, api.defaultRole, permission);
  return common === undefined ? undefined : { path: common, byDefault: true };
}

/** Whether callers with a role may call a route, given the scopes that it asks for. */
export function mayCall(api: Api, role: string, access: Access): boolean {
  return access.kind !== 'permission' || grantOf(api, role, access.permission) !== undefined;
}

function pathTo(api: Api, role: string, permission: string): readonly string[] | undefined {
  const { byName } = api.roles;
  return [...lineageOf(byName, role)].find(([name]) => byName[name]?.can.includes(permission))?.[1];
}
