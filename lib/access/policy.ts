import { requiredAccess } from '../definition/access.ts';
import type { Api } from '../definition/api.ts';
import type { AccessPolicy } from '../definition/bundledTypes.ts';
import { exclusivePairs } from '../definition/exclusiveRoles.ts';
import { permissionsOf } from '../definition/roles.ts';

/** The access policy of an API for the authorizer and the runtime: plain data, inheritance resolved. */
export function accessPolicy(api: Api): AccessPolicy {
  const roles = Object.keys(api.roles.byName);
  return {
    api: api.name,
    roles: Object.fromEntries(roles.map((role) => [role, permissionsOf(api.roles.byName, role)])),
    exclusive: exclusivePairs(api.roles.byName),
    ...(api.defaultRole === undefined ? {} : { defaultRole: api.defaultRole }),
    scopes: Object.keys(api.scopes),
    tiers: Object.keys(api.tiers),
    defaultTier: api.defaultTier,
    ...clientTiers(api),
    ...(Object.keys(api.claimRules).length === 0 ? {} : { claims: api.claimRules }),
    routes: Object.values(api.routes).map(({ id, method, path, access, ownership, where }) => ({
      id,
      method,
      path,
      access: requiredAccess(access),
      ...(ownership === undefined ? {} : { ownership }),
      ...(where === undefined ? {} : { where }),
    })),
    ...webhooksOf(api),
  };
}

function webhooksOf({ routes }: Api): Pick<AccessPolicy, 'webhooks'> {
  const rules = Object.values(routes).flatMap(({ access }) =>
    access.kind === 'webhook' ? [[access.webhook.secret, access.webhook] as const] : [],
  );
  return rules.length === 0 ? {} : { webhooks: Object.fromEntries(rules) };
}

function clientTiers({ tiers }: Api): Pick<AccessPolicy, 'clientTiers'> {
  const owned = Object.entries(tiers).flatMap(([name, { clients = [] }]) => clients.map((client) => [client, name]));
  return owned.length === 0 ? {} : { clientTiers: Object.fromEntries(owned) };
}
