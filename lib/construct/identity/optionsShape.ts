import { type DiscoveredIssuer, SIGNATURE_ALGORITHMS } from '../../definition/discoveredIssuer.ts';
import {
  anything,
  boolean,
  choice,
  either,
  isRecord,
  kind,
  listOf,
  type Members,
  mapOf,
  object,
  required,
  type Shape,
  string,
} from '../../definition/shape.ts';
import type { WarmKeys } from '../../definition/tokenIssuer.ts';
import type { ExistingPoolOptions } from '../cognito/existingPool.ts';
import type { CognitoOptions, MachineClient, SignInDomain, SignInPrefix } from '../cognito/options.ts';
import { resource } from '../invalid.ts';
import type { HmacOptions } from './hmac.ts';
import type { IntrospectionOptions } from './introspection.ts';
import type { KnownIssuer, PublishedKeys } from './oidc.ts';
import type { RoleOptions } from './roles.ts';
import type { TokenOptions } from './rules.ts';

export const names = listOf(string, 'a list of strings');
const aPool = 'a user pool, or its id';
const aClient = 'an app client, or its id';
const aSecret = 'a secret of Secrets Manager';
const isString = (value: unknown) => typeof value === 'string';
export const oneOrMore = either(Array.isArray, names, string);

const ROLES: Members<RoleOptions> = {
  claim: string,
  separator: either((value) => value === false, anything, kind('a string, or false', isString)),
  map: mapOf(oneOrMore, 'one or more roles by value of the roles claim'),
  organizations: names,
};
const CLAIM_NAMES = mapOf(string, 'the name in the token by name of the claim');
/** `anything` stands where another check says what is expected. */
export const TOKEN: Members<TokenOptions> = {
  issuer: required(string, 'the iss claim of its tokens'),
  audience: oneOrMore,
  clientIds: names,
  roles: object(ROLES),
  tierClaim: string,
  clientClaim: oneOrMore,
  claims: CLAIM_NAMES,
  maxLifetimeSeconds: anything,
  clockToleranceSeconds: anything,
  requireType: boolean,
  dpop: choice('required', 'optional'),
};
const WARM_KEYS: Members<WarmKeys> = {
  readAt: required(string, 'a time in the past (ISO 8601)'),
  // `checkedWarmKeys` decides about each of them.
  keys: required(listOf(anything, 'a list of keys (RFC 7517)'), 'a list of keys (RFC 7517)'),
};
const DISCOVERED: Members<DiscoveredIssuer> = {
  issuer: anything,
  jwksUri: anything,
  algorithms: anything,
  readAt: anything,
};
export const KEYS: Members<PublishedKeys> = {
  algorithms: listOf(choice(...SIGNATURE_ALGORITHMS), 'a list of signature algorithms'),
  staleHours: anything,
  warmKeys: either(isRecord, object(WARM_KEYS), choice('fetch')),
};
/** A file, or its content; `readDiscovered` says what is expected in it. */
export const discovered = either(isRecord, object(DISCOVERED), kind('a path, or the content of the file', isString));
/** `oidcRules` says what is expected instead of an issuer that is missing. */
const OIDC: Members<KnownIssuer> = { ...TOKEN, issuer: string, ...KEYS, jwksUri: string, discovered };
const HMAC: Members<HmacOptions> = { ...TOKEN, secret: resource(aSecret, 'secretArn') };
const INTROSPECTION: Members<IntrospectionOptions> = {
  ...TOKEN,
  endpoint: required(string, 'an https URL'),
  clientId: required(string, 'the client id that the API has at the issuer'),
  secret: required(resource(aSecret, 'secretArn'), aSecret),
  cacheSeconds: anything,
};
const MACHINE: Members<MachineClient> = {
  scopes: names,
  roles: names,
  tier: string,
  claims: mapOf(string, 'the value of each claim'),
};
const PREFIX: Members<SignInPrefix> = { prefix: required(string, 'a prefix, or a domain name with its certificate') };
const DOMAIN: Members<SignInDomain> = {
  domainName: required(string, 'a host name in lower case'),
  certificate: required(resource('a certificate of us-east-1', 'certificateArn'), 'a certificate of us-east-1'),
};
const EXISTING_POOL: Members<ExistingPoolOptions> = {
  userPool: required(either(isString, anything, resource(aPool, 'userPoolId')), aPool),
  userPoolClients: required(
    listOf(either(isString, anything, resource(aClient, 'userPoolClientId')), 'a list of clients'),
    'its clients',
  ),
  roles: TOKEN.roles,
  tierClaim: string,
  claims: CLAIM_NAMES,
  maxLifetimeSeconds: anything,
  clockToleranceSeconds: anything,
  staleHours: anything,
};
const COGNITO: Members<CognitoOptions> = {
  userPool: anything,
  callbackUrls: names,
  logoutUrls: names,
  signIn: either(
    (value) => isRecord(value) && ('domainName' in value || 'certificate' in value),
    object(DOMAIN),
    either((value) => value === false, anything, object(PREFIX)),
  ),
  mfa: choice('required', 'optional'),
  threatProtection: choice('audit', 'enforce'),
  machineClients: mapOf(object(MACHINE), 'machine clients by name, each with its scopes, roles and tier'),
};

/** The options of each kind of identity. */
export const IDENTITY_OPTIONS = {
  cognito: object(COGNITO),
  existingPool: object(EXISTING_POOL),
  oidc: options(object(OIDC)),
  hmac: options(object(HMAC)),
  introspection: options(object(INTROSPECTION)),
} as const;

function options(shape: Shape): Shape {
  return required(shape, 'an object with issuer and audience');
}
