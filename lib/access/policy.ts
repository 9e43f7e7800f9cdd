import type { Access, Api } from '../definition/api.ts';
import type { AccessPolicy, RequiredAccess } from '../definition/projected.ts';
import { permissionsOf } from '../definition/roles.ts';

/** The access policy of an API, as the authorizer and the runtime receive it: plain data, inheritance resolved. */
export function accessPolicy(api: Api): AccessPolicy {
  const roles = Object.keys(api.roles.byName);
  return {
    api: api.name,
    roles: Object.fromEntries(roles.map((role) => [role, permissionsOf(api.roles.byName, role)])),
    tiers: Object.keys(api.tiers),
    defaultTier: api.defaultTier,
    ...clientTiers(api),
    routes: Object.values(api.routes).map(({ id, method, path, access }) => ({
      id,
      method,
      path,
      access: requiredAccess(access),
    })),
  };
}

function clientTiers({ tiers }: Api): Pick<AccessPolicy, 'clientTiers'> {
  const owned = Object.entries(tiers).flatMap(([name, { clients = [] }]) => clients.map((client) => [client, name]));
  return owned.length === 0 ? {} : { clientTiers: Object.fromEntries(owned) };
}

/** What it takes to call a route, without the reason that only reviewers read. */
function requiredAccess(access: Access): RequiredAccess {
  return access.kind === 'permission' ? access : { kind: access.kind };
}
