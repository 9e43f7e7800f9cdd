import type { UserPoolClientModel, UserPoolModel } from '../assembly/model.ts';
import { type Json, record, string, strings } from '../assembly/values.ts';
import type { StackClient } from '../services/issuer/tokenSettings.ts';
import { type EmulatedIssuer, type SecretString, secretOf } from './tokenIssuers.ts';

/**
 * The OAuth clients of a stack: those of its user pools, as the template registers them; those that an authorizer accepts by
 * id, as public apps; and those with which authorizers introspect tokens.
 */
export function stackClients(
  userPools: readonly UserPoolModel[],
  issuers: readonly EmulatedIssuer[],
  secretString: SecretString,
): readonly StackClient[] {
  const pools = userPools.flatMap((pool) => pool.clients.map((client) => poolClient(pool.id, client)));
  const named = issuers.flatMap(({ settings }) => strings(settings['clientIds'])).map(namedClient);
  const asking = issuers
    .filter(({ format }) => format === 'opaque')
    .map(({ settings }) => introspectionClient(settings, secretString));
  const all = [...pools, ...named, ...asking];
  return all.filter((client, i) => all.findIndex(({ id }) => id === client.id) === i);
}

function poolClient(userPool: string, client: UserPoolClientModel): StackClient {
  const { id, name, hasSecret, flows, callbackUrls, scopes } = client;
  return { id, name, isPublic: !hasSecret, flows, redirectUris: callbackUrls, scopes, introspects: false, userPool };
}

function namedClient(id: string): StackClient {
  return { id, isPublic: true, flows: ['code'], redirectUris: [], scopes: [], introspects: false };
}

function introspectionClient(settings: Json, secretString: SecretString): StackClient {
  const id = string(record(settings['introspection'])['clientId']) ?? '';
  const secret = secretOf(settings, secretString);
  return { id, isPublic: false, secret, flows: [], redirectUris: [], scopes: [], introspects: true };
}
