import { formatValue } from '../../definition/checks/check.ts';
import type { DiscoveredIssuer } from '../../definition/discoveredIssuer.ts';
import { requireStrings, wrong } from '../identity/invalidIdentity.ts';
import { type KeySetRules, withDiscovered } from '../identity/oidc.ts';
import { isGuid, type ProviderOptions, requireGuid, rolesFrom } from './providerOptions.ts';

interface EntraApi extends Omit<ProviderOptions, 'discovered'> {
  /**
   * The API's application (client) id. Only with `tokenVersion: 1` it can be an application id URI, such as `api://…`.
   */
  readonly audience: string | readonly string[];
  /**
   * The version of access tokens, `requestedAccessTokenVersion` in the manifest of the API's registration, where null is 1.
   * Tokens of the other version are rejected.
   * @default - 2
   */
  readonly tokenVersion?: 1 | 2;
  /**
   * Accepts tokens of programs (client credentials), which have app roles and no user.
   * @default - tokens without a user are rejected
   */
  readonly appOnlyTokens?: boolean;
}

/** An API that is registered for one tenant. */
export interface EntraTenant extends EntraApi {
  /** The directory (tenant) id. */
  readonly tenantId: string;
  readonly tenants?: never;
  readonly discovered?: string | DiscoveredIssuer;
}

/** An API of several tenants. */
export interface EntraTenants extends EntraApi {
  /** The directory (tenant) ids that are accepted. Tokens of every other tenant are rejected. */
  readonly tenants: readonly string[];
  readonly tenantId?: never;
  readonly discovered?: never;
}

/** An API in Microsoft Entra ID: of one tenant, or of several by an allow-list. */
export type EntraOptions = EntraTenant | EntraTenants;

const LOGIN = 'https://login.microsoftonline.com';
/** The tenant of personal accounts: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad';
/**
 * A token lives 60 to 90 minutes, and `iat` is five minutes before it was issued.
 * https://learn.microsoft.com/entra/identity-platform/access-tokens#token-lifetime
 */
const LIFETIME_SECONDS = 6000;

/** What differs between the versions: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const VERSIONS = {
  1: { ver: '1.0', issuer: 'https://sts.windows.net/{tenantid}/', keys: 'discovery/keys', client: 'appid' },
  2: { ver: '2.0', issuer: `${LOGIN}/{tenantid}/v2.0`, keys: 'discovery/v2.0/keys', client: 'azp' },
} as const;

/**
 * The rules of Entra ID. The issuer contains the tenant, and `tid` names it again. Access tokens have the client (`azp` or `appid`),
 * and `scp` where a user signed in; ID tokens have neither.
 *
 * @throws {ConfigError} `identity-invalid` for an id of another form, an audience that the version has not, or group ids without a map.
 */
export function entraRules(options: EntraOptions): KeySetRules {
  const { tenantId, tenants, tokenVersion = 2, appOnlyTokens, discovered, ...own } = options;
  const { ver, issuer, keys, client } = VERSIONS[tokenVersion];
  const listed = requireTenants(tenantId, tenants);
  if (tokenVersion === 2) requireIds(options.audience);
  requireGroupMap(options);
  const [tenant = ''] = listed;
  const location = tenants === undefined ? tenant : tenants.includes(PERSONAL) ? 'common' : 'organizations';
  return withDiscovered(
    {
      ...(discovered === undefined ? { jwksUri: `${LOGIN}/${location}/${keys}`, algorithms: ['RS256'] as const } : {}),
      maxLifetimeSeconds: LIFETIME_SECONDS,
      ...own,
      ...(tenants === undefined ? { issuer: issuer.replace('{tenantid}', tenant) } : { issuer, tenants }),
      roles: rolesFrom('roles', options),
      clientClaim: client,
      kind: {
        claims: { ver: [ver], [client]: [], ...(appOnlyTokens === true ? {} : { scp: [] }) },
        ...(appOnlyTokens === true ? { oneOf: ['scp', 'roles'] } : {}),
      },
      ...(tenants === undefined ? { requiredClaims: { tid: [tenant] } } : {}),
    },
    discovered,
  );
}

function requireTenants(tenantId: string | undefined, tenants: readonly string[] | undefined): readonly string[] {
  const location = tenants === undefined ? 'tenantId' : 'tenants';
  if (tenantId !== undefined && tenants !== undefined) {
    throw wrong('tenants', 'tenantId and tenants', 'one of them', 'List every tenant in tenants, and remove tenantId.');
  }
  const listed = tenants ?? (tenantId === undefined ? [] : [tenantId]);
  requireStrings(location, listed, 'Copy the directory (tenant) id from the overview in the admin center.');
  const fix =
    'Copy the directory (tenant) id. Tokens have the id and no name, and common or organizations would accept every tenant.';
  for (const tenant of listed) requireGuid(location, tenant, fix);
  return listed;
}

/** Version 2 writes the application id into `aud`, whatever the client requested. */
function requireIds(audience: string | readonly string[]): void {
  const fix = 'Give the application (client) id of the API; or tokenVersion: 1, if its manifest requests no version 2.';
  for (const one of [audience ?? []].flat()) requireGuid('audience', one, fix);
}

/** Groups come as ids, which name no role, and in lower case. */
function requireGroupMap({ roles }: EntraOptions): void {
  const names = Object.keys(roles?.map ?? {});
  if (roles?.claim === 'groups' && names.length === 0) {
    const fix = "Map ids of groups to roles: roles: { claim: 'groups', map: { '…': 'editor' } }.";
    throw wrong('roles.map', 'nothing', 'roles by the ids of groups', fix);
  }
  const other = names.find((name) => !isGuid(name) && isGuid(name.toLowerCase()));
  if (other === undefined) return;
  throw wrong(`roles.map.${other}`, formatValue(other), other.toLowerCase(), 'Write ids in lower case, as in tokens.');
}
