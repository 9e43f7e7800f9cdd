import {
  anything,
  boolean,
  choice,
  either,
  isRecord,
  listOf,
  type Members,
  mapOf,
  object,
  required,
  type Shape,
  string,
} from '../../definition/shape.ts';
import type { WarmKeys } from '../../definition/tokenIssuer.ts';
import type { CognitoOptions, MachineClient, SignInDomain, SignInPrefix } from '../cognito/options.ts';
import { resource } from '../invalid.ts';
import type { HmacOptions } from './hmac.ts';
import type { IntrospectionOptions } from './introspection.ts';
import { type OidcOptions, SIGNATURE_ALGORITHMS } from './oidc.ts';
import type { TokenOptions } from './rules.ts';

const names = listOf(string, 'a list of strings');
const aSecret = 'a secret of Secrets Manager';
const oneOrMore = either(Array.isArray, names, string);

/** `anything` stands where another check says what is expected. */
const TOKEN: Members<TokenOptions> = {
  issuer: required(string, 'the iss claim of its tokens'),
  audience: oneOrMore,
  clientIds: names,
  rolesClaim: string,
  roleMapping: mapOf(oneOrMore, 'one or more roles by value of the roles claim'),
  tierClaim: string,
  clientClaim: string,
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
const OIDC: Members<OidcOptions> = {
  ...TOKEN,
  jwksUri: string,
  algorithms: listOf(choice(...SIGNATURE_ALGORITHMS), 'a list of signature algorithms'),
  staleHours: anything,
  warmKeys: either(isRecord, object(WARM_KEYS), choice('fetch')),
};
const HMAC: Members<HmacOptions> = { ...TOKEN, secret: resource(aSecret) };
const INTROSPECTION: Members<IntrospectionOptions> = {
  ...TOKEN,
  endpoint: required(string, 'an https URL'),
  clientId: required(string, 'the client id that the API has at the issuer'),
  secret: required(resource(aSecret), aSecret),
  cacheSeconds: anything,
};
const MACHINE: Members<MachineClient> = { scopes: names, roles: names, tier: string };
const PREFIX: Members<SignInPrefix> = { prefix: required(string, 'a prefix, or a domain name with its certificate') };
const DOMAIN: Members<SignInDomain> = {
  domainName: required(string, 'a host name in lower case'),
  certificate: required(resource('a certificate of us-east-1'), 'a certificate of us-east-1'),
};
const COGNITO: Members<CognitoOptions> = {
  callbackUrls: names,
  logoutUrls: names,
  signIn: either(
    (value) => isRecord(value) && ('domainName' in value || 'certificate' in value),
    object(DOMAIN),
    either((value) => value === false, anything, object(PREFIX)),
  ),
  mfa: choice('required', 'optional'),
  machineClients: mapOf(object(MACHINE), 'machine clients by name, each with its scopes, roles and tier'),
};

/** The options of each kind of identity. */
export const IDENTITY_OPTIONS = {
  cognito: object(COGNITO),
  oidc: options(object(OIDC)),
  hmac: options(object(HMAC)),
  introspection: options(object(INTROSPECTION)),
} as const;

function options(shape: Shape): Shape {
  return required(shape, 'an object with issuer and audience');
}
