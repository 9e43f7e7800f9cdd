import { claimOf, readClaims } from '../../../lambdas/shared/callerClaims.ts';
import type { Api } from '../../definition/api.ts';
import { formatValue } from '../../definition/checks/check.ts';
import { wrong } from '../identity/invalidIdentity.ts';
import type { CognitoOptions, MachineClient } from './options.ts';
import { declaredScopes } from './resourceServer.ts';

/** Names of clients in Cognito, narrowed to what log queries and ids accept. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * The machine clients, checked against the definition.
 *
 * @throws {ConfigError} `identity-invalid` for an invalid name; for a scope, role, tier or claim that the definition does not have; for
 * a client without scopes and roles.
 */
export function machinesOf(api: Api, { machineClients = {} }: CognitoOptions): Readonly<Record<string, MachineClient>> {
  for (const [name, client] of Object.entries(machineClients)) requireKnown(api, name, client);
  return machineClients;
}

function requireKnown(api: Api, name: string, { scopes = [], roles = [], tier, claims = {} }: MachineClient): void {
  const location = `machineClients.${name}`;
  if (!NAME.test(name)) {
    throw wrong(location, formatValue(name), 'letters, digits, _ and -, 1–64 characters', 'Rename the client.');
  }
  requireAmong(`${location}.scopes`, scopes, Object.keys(declaredScopes(api)));
  requireAmong(`${location}.roles`, roles, Object.keys(api.roles.byName));
  requireAmong(`${location}.tier`, tier === undefined ? [] : [tier], Object.keys(api.tiers));
  requireAmong(`${location}.claims`, Object.keys(claims), Object.keys(api.claimRules));
  requireClaims(api, location, claims);
  if (scopes.length + roles.length > 0) return;
  throw wrong(location, 'neither scopes nor roles', 'some of them', 'Give the client scopes or roles, or remove it.');
}

/** A client without a claim that tokens need, or with a value that its schema does not allow, could call nothing. */
function requireClaims(api: Api, location: string, claims: Readonly<Record<string, string>>): void {
  const read = readClaims(api.claimRules, (name) =>
    Object.hasOwn(claims, name) ? claimOf(claims[name], api.claimRules[name]) : undefined,
  );
  if ('claims' in read) return;
  const found = read.reason === 'claim-missing' ? 'nothing' : formatValue(claims[read.claim]);
  const fix = 'The authorizer would reject every token of the client.';
  throw wrong(`${location}.claims.${read.claim}`, found, 'a value that the schema of the claim allows', fix);
}

function requireAmong(location: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const expected = known.length === 0 ? 'nothing: the definition has none' : `some of ${known.join(', ')}`;
  throw wrong(location, unknown.join(', '), expected, 'Use names of the definition.');
}
