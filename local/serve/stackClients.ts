import type { UserPoolClientModel, UserPoolModel } from '../assembly/model.ts';
import { record, string, strings } from '../assembly/values.ts';
import type { StackClient } from '../services/issuer/tokenSettings.ts';
import { type EmulatedIssuer, type SecretString, secretOf } from './tokenIssuers.ts';

/**
 * The OAuth clients of a stack: those of its user pools, as the template registers them; those that an authorizer accepts by
 * id, as public apps; and those with which authorizers introspect tokens.
 */
export function stackClients(
  userPools: readonly UserPoolModel[],
  sources: readonly EmulatedIssuer[],
  secretString: SecretString,
): readonly StackClient[] {
  const pools = userPools.flatMap((pool) => pool.clients.map((client) => poolClient(pool.id, client)));
  const named = sources.flatMap(({ source }) => strings(source['clientIds'])).map(namedClient);
  const asking = sources
    .filter(({ format }) => format === 'opaque')
    .map(({ source }) => introspectionClient(source, secretString));
  const all = [...pools, ...named, ...asking];
  return all.filter((client, i) => all.findIndex(({ id }) => id === client.id) === i);
}

function poolClient(userPool: string, client: UserPoolClientModel): StackClient {
  const { id, hasSecret, flows, callbackUrls, scopes } = client;
  return { id, isPublic: !hasSecret, flows, redirectUris: callbackUrls, scopes, introspects: false, userPool };
}

function namedClient(id: string): StackClient {
  return { id, isPublic: true, flows: ['code'], redirectUris: [], scopes: [], introspects: false };
}

function introspectionClient(source: EmulatedIssuer['source'], secretString: SecretString): StackClient {
  const id = string(record(source['introspection'])['clientId']) ?? '';
  const secret = secretOf(source, secretString);
  return { id, isPublic: false, secret, flows: [], redirectUris: [], scopes: [], introspects: true };
}
