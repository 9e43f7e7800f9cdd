import { type Context, errors } from 'oidc-provider';
import { readMachineScopes } from './machineScopes.ts';
import { MAX_TTL, SHORT_SCOPES } from './tokenRequests.ts';
import {
  API_RESOURCE,
  API_SCOPE,
  audienceOf,
  type StackClient,
  type TokenSettings,
  type TokenTarget,
  targetOf,
} from './tokenSettings.ts';

/** The OAuth grant of machine clients (RFC 6749 section 4.4). */
const MACHINE_GRANT = 'client_credentials';

/** What the resources need of the stack and of the keys. */
export interface ResourceParts {
  readonly tokenSettings: TokenSettings;
  /** Algorithms that there is a key for. */
  readonly algorithms: readonly string[];
}

/**
 * The resource server (RFC 8707) of a request: what a token for it looks like, and which scopes it may carry.
 *
 * @throws {InvalidTarget} for a resource that the stack does not have
 */
export function resourceServer(
  ctx: Context,
  resource: string,
  { tokenSettings, algorithms }: ResourceParts,
): Readonly<Record<string, unknown>> {
  const clientId = ctx.oidc.client?.clientId ?? '';
  const target = targetOf(resource, clientId, tokenSettings);
  if (target === undefined) throw unknownResource(tokenSettings);
  const isMachine = ctx.oidc.params?.['grant_type'] === MACHINE_GRANT;
  return {
    audience: audienceOf(target, clientId)[0] ?? resource,
    scope: (isMachine ? machineScopes(ctx, clientId, tokenSettings) : personScopes(clientId, tokenSettings)).join(' '),
    accessTokenFormat: target.format === 'opaque' ? 'opaque' : 'jwt',
    accessTokenTTL: (isMachine ? requestedTtl(ctx) : undefined) ?? target.lifetimeSeconds,
    jwt: { sign: signing(ctx, target, algorithms) },
  };
}

/**
 * Scopes of the API that a client is allowed for people who sign in; they are requested and granted together. A client of a
 * user pool has those that it is registered with, and no others.
 */
export function personScopes(clientId: string, { scopes = [], clients }: TokenSettings): readonly string[] {
  const client = clients.find(({ id }) => id === clientId);
  if (client?.userPool !== undefined) return client.scopes;
  return [...new Set([API_SCOPE, ...scopes, ...(client?.scopes ?? [])])];
}

/** The scopes that a machine client may have: those that this request names, when all of them are known. */
function machineScopes(ctx: Context, clientId: string, tokenSettings: TokenSettings): readonly string[] {
  const requested = String(ctx.oidc.params?.['scope'] ?? '');
  const client = tokenSettings.clients.find(({ id, userPool }) => id === clientId && userPool !== undefined);
  if (client !== undefined) {
    const scopes = poolScopes(requested, client, ctx.oidc.body?.[SHORT_SCOPES] !== undefined);
    // oidc-provider compares the scopes of the request with these: without it, none would be left, which means all of the client.
    if (ctx.oidc.params !== undefined) ctx.oidc.params['scope'] = scopes.join(' ');
    return scopes;
  }
  const { granted, fault } = readMachineScopes(requested, tokenSettings, 0);
  if (fault !== undefined) throw new errors.InvalidScope(fault, requested);
  return granted;
}

/** The scope of the API as such belongs to this issuer, so tokens of a user pool leave it out. */
function poolScopes(requested: string, { scopes }: StackClient, areShort: boolean): readonly string[] {
  const named = requested.split(' ').filter((scope) => scope !== '' && scope !== API_SCOPE);
  const whole = (scope: string) => scopes.find((one) => one.slice(one.indexOf('/') + 1) === scope) ?? scope;
  const asked = areShort ? named.map(whole) : named;
  const wrong = asked.find((scope) => !scopes.includes(scope));
  if (wrong === undefined) return asked;
  const fault = `the client has no scope ${JSON.stringify(wrong.slice(0, 64))}; it has ${scopes.join(', ') || 'none'}`;
  throw new errors.InvalidScope(fault, requested);
}

/** `ttl` of a machine client's request, in seconds. Only holders of the client's secret get this far. */
function requestedTtl(ctx: Context): number | undefined {
  const text = ctx.oidc.body?.['ttl'];
  if (text === undefined) return undefined;
  const ttl = Number(text);
  if (Number.isInteger(ttl) && ttl >= 1 && ttl <= MAX_TTL) return ttl;
  throw new errors.InvalidRequest(`ttl must be a whole number of seconds from 1 to ${MAX_TTL}`);
}

/** How a JWT is signed: by the shared secret, by `alg` of the request, or by the first algorithm that the API accepts. */
function signing(
  ctx: Context,
  target: TokenTarget,
  algorithms: readonly string[],
): { readonly alg: string; readonly key?: Buffer } {
  if (target.format === 'hmac') return { alg: 'HS256', key: Buffer.from(target.secret ?? '', 'utf8') };
  const asked = ctx.oidc.body?.['alg'];
  if (asked === undefined) return { alg: target.algorithms[0] ?? 'RS256' };
  if (algorithms.includes(String(asked))) return { alg: String(asked) };
  throw new errors.InvalidRequest(`alg must be one of ${algorithms.join(', ')}`);
}

function unknownResource({ targets }: TokenSettings): Error {
  const known = [API_RESOURCE, ...targets.map(({ format }) => `${API_RESOURCE}:${format}`)];
  return new errors.InvalidTarget(`the resource is unknown; leave it out, or use one of ${known.join(', ')}`);
}
