/**
 * Puts the embedded issuer in place of the identity provider: the settings of its tokens, and the variable by which authorizers
 * trust it. Only environment variables change; a function's code is the asset's (docs/adr/0004).
 */
import type { ClaimHint, EmulationGap, FunctionModel, StackModel } from '../assembly/model.ts';
import { type Json, list, record, string } from '../assembly/values.ts';
import { INTROSPECTION_PATH } from '../services/issuer/introspection.ts';
import { API_RESOURCE, type TokenSettings } from '../services/issuer/tokenSettings.ts';
import { stackClients } from './stackClients.ts';
import { type EmulatedIssuer, type SecretString, TOKEN_ISSUERS, tokenIssuersOf } from './tokenIssuers.ts';
import { algorithmsOf, audienceAndClientsOf, targetsOf } from './tokenTargets.ts';

/** Claims for stacks that name none. */
const DEFAULT_CLAIMS = { roles: 'roles', tier: 'tier' };

/** What tokens of the embedded issuer carry, so that every authorizer of the stack can read them. */
export function tokenSettingsOf(model: StackModel, secretString: SecretString): TokenSettings {
  const issuers = model.functions
    .flatMap((fn) => tokenIssuersOf(fn, secretString))
    .filter(({ isOmitted }) => !isOmitted);
  const claims = (nameIn: (settings: Json) => Json[string], otherwise: string) => {
    const named = issuers.map(({ settings }) => string(nameIn(settings))).filter((claim) => claim !== undefined);
    return named.length === 0 ? [otherwise] : unique(named);
  };
  const callers = model.apis.flatMap((api) => api.tokenHints ?? []);
  const scopes = callers.flatMap((caller) => (caller.scopes === undefined ? [] : [caller.scopes]));
  return {
    targets: targetsOf(issuers, secretString),
    clients: stackClients(model.userPools, issuers, secretString),
    rolesClaims: claims(({ roles }) => record(roles)['claim'], DEFAULT_CLAIMS.roles),
    tierClaims: claims(({ tierClaim }) => tierClaim, DEFAULT_CLAIMS.tier),
    roles: unique(callers.flatMap(({ roles }) => roles)),
    tiers: unique(callers.flatMap(({ tiers }) => tiers)),
    ...(scopes.length === 0 ? {} : { scopes: unique(scopes.flat()) }),
    claims: claimSettings(
      callers.flatMap(({ claims: declared = {} }) => Object.entries(declared)),
      issuers.map(({ settings }) => record(settings['claims'])),
    ),
  };
}

/** The declared claims, under each name that an issuer has for them. */
function claimSettings(
  declared: readonly (readonly [string, ClaimHint])[],
  names: readonly Json[],
): TokenSettings['claims'] {
  return Object.fromEntries(
    declared.map(([name, hint]) => {
      const inTokens = names.map((own) => string(own[name]) ?? name);
      return [name, { ...hint, names: inTokens.length === 0 ? [name] : unique(inTokens) }];
    }),
  );
}

/** The functions, with the embedded issuer among their token issuers. */
export function withLocalIssuer(
  functions: readonly FunctionModel[],
  issuer: string,
  secretString: SecretString,
): FunctionModel[] {
  return functions.map((fn) => {
    const issuers = tokenIssuersOf(fn, secretString);
    if (issuers.length === 0) return fn;
    const local = issuers.filter(({ isOmitted }) => !isOmitted).flatMap((emulated) => localEntries(emulated, issuer));
    return { ...fn, environment: { ...fn.environment, [TOKEN_ISSUERS]: JSON.stringify(local) } };
  });
}

/**
 * A token issuer with its local values. One that accepts certain clients gets a second entry for the made-up clients of this
 * machine, whose tokens have a separate audience.
 */
function localEntries(emulated: EmulatedIssuer, issuer: string): readonly Json[] {
  const { audience, clientIds } = audienceAndClientsOf(emulated);
  const { audience: _, clientIds: __, ...kept } = asLocal(localProof(emulated, issuer));
  if (clientIds.length === 0) return [{ ...kept, audience }];
  const own = { ...kept, clientIds, ...(audience.length === 0 ? {} : { audience }) };
  return [own, { ...kept, audience: [API_RESOURCE] }];
}

/**
 * The embedded issuer writes a list of names of roles where a provider writes, for example, ids of groups; it names clients in
 * `client_id`, and its tokens have none of a provider's own marks except `token_use`.
 */
function asLocal({ kind, tenants: _, requiredClaims: __, ...settings }: Json): Json {
  const use = record(record(kind)['claims'])['token_use'];
  const clients = [settings['clientClaim'] ?? []].flat();
  return {
    ...settings,
    ...(use === undefined ? {} : { kind: { claims: { token_use: use } } }),
    ...(clients.includes('client_id') ? {} : { clientClaim: [...clients, 'client_id'] }),
    roles: localRoles(record(settings['roles'])),
  };
}

/** A map, a list of pairs, also takes the names of its roles; a pair of the stack is the last for its value, so it counts. */
function localRoles({ organizations: _, ...roles }: Json): Json {
  const names = mappedRoles(roles);
  return names === undefined
    ? roles
    : { ...roles, map: [...names.map((role) => [role, [role]]), ...list(roles['map'])] };
}

/** The roles of a map; undefined where there is no map. */
export function mappedRoles({ map }: Json): readonly string[] | undefined {
  if (!Array.isArray(map)) return undefined;
  return unique(map.flatMap((pair) => (Array.isArray(pair) ? [pair[1] ?? []].flat() : [])));
}

function localProof({ settings, format }: EmulatedIssuer, issuer: string): Json {
  if (format === 'hmac') return settings;
  const { hmacSecret: _, introspection, ...kept } = settings;
  if (format === 'jwt') return { ...kept, issuer, jwksUri: `${issuer}/jwks`, algorithms: algorithmsOf(settings) };
  return { ...kept, introspection: { ...record(introspection), endpoint: `${issuer}${INTROSPECTION_PATH}` } };
}

/** The identity providers that the embedded issuer replaces. */
export function tokenIssuerGaps(functions: readonly FunctionModel[], secretString: SecretString): EmulationGap[] {
  return functions.flatMap((fn) =>
    tokenIssuersOf(fn, secretString)
      .filter(({ format }) => format !== 'hmac')
      .map((emulated) => ({ resource: fn.logicalId, type: 'AWS::Lambda::Function', detail: detailOf(emulated) })),
  );
}

function detailOf({ settings, isSubstituted, isOmitted }: EmulatedIssuer): string {
  const issuer = string(settings['issuer']) ?? 'its issuer';
  if (isOmitted) return notAccepted(issuer);
  return notAccepted(issuer, isSubstituted ? 'its secret is not in this stack, so JWTs' : 'those');
}

/** @param accepted which tokens of the local issuer are accepted instead */
function notAccepted(issuers: string, accepted?: string): string {
  const instead = accepted === undefined ? '' : `; ${accepted} of the local issuer are`;
  return `tokens of ${issuers} are not accepted here${instead}`;
}

/** Issuers that a note names. */
const MAX_NAMED = 3;

/**
 * Explains a rejection where AWS would accept the token: its issuer is one that the local issuer replaces by name. One with a secret of this
 * stack keeps its name, so its tokens are not rejected for it.
 *
 * @param issuers those of the API that the request was for
 * @param reason that the authorizer logged
 * @returns undefined for other reasons, and where each issuer keeps its name.
 */
export function rejectionNote(issuers: readonly EmulatedIssuer[], reason: string): string | undefined {
  if (reason !== 'issuer-unknown') return undefined;
  const replaced = issuers.filter(({ format }) => format === 'jwt');
  const names = unique(replaced.flatMap(({ settings }) => string(settings['issuer']) ?? []));
  if (names.length === 0) return undefined;
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return notAccepted(`${names.slice(0, MAX_NAMED).join(', ')}${more}`, 'those');
}

/** Whether a request needs a token that is bound to a key, whichever issuer it is from. */
export function requiresBoundTokens(functions: readonly FunctionModel[], secretString: SecretString): boolean {
  const issuers = functions.flatMap((fn) => tokenIssuersOf(fn, secretString)).filter(({ isOmitted }) => !isOmitted);
  return issuers.length > 0 && issuers.every(({ settings }) => settings['dpop'] === 'required');
}

/** Lines that name the clients of user pools, whose ids exist only once the stack is loaded. */
export function clientLines(userPools: StackModel['userPools']): string[] {
  return userPools.flatMap(({ clients }) =>
    clients.map(({ name, id, flows }) => `user pool client ${name}: ${id} (${flows.join(', ')})`),
  );
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
