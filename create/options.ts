import { IDENTITIES } from './identities.ts';

/** An option of the command that takes a value. */
export interface InitOption {
  /** Its name without `--`. */
  readonly name: string;
  readonly value: string;
  readonly description: string;
}

/** The options of `npm create secure-api` and of `secure-api init`. */
export const INIT_OPTIONS: readonly InitOption[] = [
  { name: 'name', value: 'name', description: 'name of the API (default: that of the folder)' },
  {
    name: 'identity',
    value: 'kind',
    description: `who issues tokens: ${Object.keys(IDENTITIES).join(', ')} (default: cognito)`,
  },
  { name: 'issuer', value: 'url', description: 'oidc: the iss claim of its tokens' },
  { name: 'keys', value: 'url', description: 'oidc: the address of its keys, jwks_uri in its discovery document' },
  { name: 'provider', value: 'host', description: 'auth0, okta: its domain; keycloak: its address' },
  { name: 'tenant', value: 'id', description: 'entra: the directory (tenant) id' },
  { name: 'realm', value: 'name', description: 'keycloak: the realm' },
  { name: 'audience', value: 'audience', description: 'every identity except cognito: the aud claim of its tokens' },
  { name: 'domain', value: 'host', description: 'own host name of the API (default: its address at AWS)' },
  { name: 'zone', value: 'id', description: 'id of the hosted zone of the domain' },
  { name: 'zone-name', value: 'host', description: 'name of the hosted zone (default: the parent of the domain)' },
];

/** Options without a value. */
export const INIT_FLAGS = [
  { name: 'yes', description: 'ask nothing: take the defaults for what no option gives' },
  { name: 'json', description: 'ask nothing, and print what was written as JSON' },
] as const;

/** What follows the name of the command in the examples of its help. */
export const INIT_EXAMPLES = [
  'notes',
  'notes --yes',
  'notes --identity auth0 --provider example.eu.auth0.com --audience https://notes.example.com',
  'notes --domain notes.example.com --zone Z0123456789ABCDEFGHIJ',
] as const;
