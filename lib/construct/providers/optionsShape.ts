import {
  anything,
  boolean,
  either,
  kind,
  type Members,
  object,
  required,
  type Shape,
  string,
} from '../../definition/shape.ts';
import { discovered, KEYS, names, oneOrMore, TOKEN } from '../identity/optionsShape.ts';
import type { Auth0Options } from './auth0.ts';
import type { EntraOptions } from './entra.ts';
import type { GoogleOptions } from './google.ts';
import type { KeycloakOptions } from './keycloak.ts';
import type { OktaOptions } from './okta.ts';
import type { ProviderOptions } from './providerOptions.ts';

const { issuer: _, audience: __, clientClaim: ___, requireType: ____, dpop, ...CLAIMS } = TOKEN;
const PROVIDER: Members<ProviderOptions> = { ...CLAIMS, ...KEYS, discovered };
const { clientIds, ...GOOGLE_PROVIDER } = PROVIDER;

const AUTH0: Members<Auth0Options> = {
  ...PROVIDER,
  domain: required(string, "the tenant's domain"),
  audience: required(oneOrMore, "the API's identifier"),
  namespace: string,
  organizations: names,
};
/** `entraRules` says that one of `tenantId` and `tenants` is expected. */
const ENTRA: Members<EntraOptions> = {
  ...PROVIDER,
  tenantId: string,
  tenants: names,
  audience: required(oneOrMore, "the API's application (client) id"),
  tokenVersion: kind('1 or 2', (value) => value === 1 || value === 2),
  appOnlyTokens: boolean,
};
const OKTA: Members<OktaOptions> = {
  ...PROVIDER,
  dpop,
  domain: required(string, "the organization's domain"),
  authorizationServer: string,
  audience: required(oneOrMore, 'the audience of the authorization server'),
};
const KEYCLOAK: Members<KeycloakOptions> = {
  ...PROVIDER,
  dpop,
  url: required(string, "the server's https URL"),
  realm: required(string, 'the name of the realm'),
  audience: required(oneOrMore, 'what the audience mapper writes'),
  client: string,
};
/** `googleRules` says which of them belong together. */
const GOOGLE: Members<GoogleOptions> = {
  ...GOOGLE_PROVIDER,
  clientIds,
  hostedDomains: either((value) => value === 'any', anything, names),
  audience: oneOrMore,
  serviceAccounts: names,
};

/** The options of each preset of a provider. */
export const PROVIDER_OPTIONS = {
  auth0: options(object(AUTH0), 'domain and audience'),
  entra: options(object(ENTRA), 'tenantId and audience'),
  okta: options(object(OKTA), 'domain and audience'),
  keycloak: options(object(KEYCLOAK), 'url, realm and audience'),
  google: options(object(GOOGLE), 'clientIds and hostedDomains, or audience and serviceAccounts'),
} as const;

function options(shape: Shape, members: string): Shape {
  return required(shape, `an object with ${members}`);
}
