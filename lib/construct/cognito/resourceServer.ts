import { OAuthScope, ResourceServerScope, type UserPool, type UserPoolResourceServer } from 'aws-cdk-lib/aws-cognito';
import type { Api } from '../../definition/api.ts';
import type { MachineClient } from './options.ts';

/**
 * The resource server whose scopes represent roles, tiers and claims; the pre token generation trigger turns them into claims. No
 * API can have this name, so no scope of a definition is mistaken for one of these.
 */
const IDENTITY = 'secure-api.identity';

/** The scopes that the clients of a user pool can request. */
export interface Resources {
  /** Created before the clients that name their scopes. */
  readonly servers: readonly UserPoolResourceServer[];
  /** Scopes of people's apps: those of the definition. */
  readonly forApps: readonly OAuthScope[];
  /** Scopes of a machine client: its own, its roles, its tier, its claims. */
  forMachine(client: MachineClient): readonly OAuthScope[];
}

/**
 * The resource servers: the API, by its name, with the scopes of the definition; and the roles and tiers of machine clients
 * as scopes, too. Cognito enforces that a client requests no scope that it is not allowed. The trigger cannot know the ids
 * of clients, because they are created after it.
 */
export function addResources(userPool: UserPool, api: Api, machines: readonly MachineClient[]): Resources {
  const declared = Object.entries(declaredScopes(api));
  const identities = [...new Set(machines.flatMap(identityScopes))];
  const servers = [
    ...addServer(userPool, { id: 'Api', identifier: api.name, scopes: declared }),
    ...addServer(userPool, {
      id: 'MachineIdentities',
      identifier: IDENTITY,
      scopes: identities.map((name) => [name, `A machine client has the ${name.replace(':', ' ')} of ${api.name}`]),
    }),
  ];
  const own = (name: string) => OAuthScope.custom(`${api.name}/${name}`);
  return {
    servers,
    forApps: declared.map(([name]) => own(name)),
    forMachine: (client) => [
      ...(client.scopes ?? []).map(own),
      ...identityScopes(client).map((name) => OAuthScope.custom(`${IDENTITY}/${name}`)),
    ],
  };
}

/** The scopes of a definition, each with its description. */
export function declaredScopes(api: Api & { readonly scopes?: Readonly<Record<string, string>> }) {
  return api.scopes ?? {};
}

interface Server {
  readonly id: string;
  readonly identifier: string;
  readonly scopes: readonly (readonly [string, string])[];
}

function addServer(userPool: UserPool, { id, identifier, scopes }: Server): readonly UserPoolResourceServer[] {
  if (scopes.length === 0) return [];
  const named = scopes.map(([scopeName, scopeDescription]) => new ResourceServerScope({ scopeName, scopeDescription }));
  return [userPool.addResourceServer(id, { identifier, scopes: named })];
}

function identityScopes({ roles = [], tier, claims = {} }: MachineClient): readonly string[] {
  return [
    ...roles.map((role) => `role:${role}`),
    ...(tier === undefined ? [] : [`tier:${tier}`]),
    ...Object.entries(claims).map(([name, value]) => `claim:${name}=${value}`),
  ];
}
