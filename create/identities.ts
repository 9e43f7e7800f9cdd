import { formatValue } from '../lib/definition/checks/check.ts';
import { invalidOption } from './errors.ts';

/** Options that say who issues tokens. */
export type IdentityField = 'issuer' | 'keys' | 'audience' | 'provider' | 'realm' | 'tenant';

/** One value of an identity: its option is named after it. */
interface Field {
  readonly name: IdentityField;
  readonly question: string;
  readonly example: string;
  readonly pattern: RegExp;
}

/** An identity of the construct, and what it needs to know. */
export interface IdentityKind {
  readonly title: string;
  readonly fields: readonly Field[];
  /** The method of `Identity`, and the option of the construct for each field. */
  readonly method: string;
  readonly options: Readonly<Partial<Record<IdentityField, string>>>;
}

const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const HTTPS = /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~!$&()*+,;=:@%/-]*)?$/;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const AUDIENCE = /^[\w.~:/?#@!$&()*+,;=%-]{1,256}$/;
const REALM = /^[\w.~@ -]{1,128}$/;

const audience = (example: string, pattern = AUDIENCE): Field => ({
  name: 'audience',
  question: 'Audience (aud) of its tokens for this API',
  example,
  pattern,
});
const provider = (question: string, example: string, pattern = HOST): Field => ({
  name: 'provider',
  question,
  example,
  pattern,
});

/** Who can issue tokens, in the order in which they are shown. The first one is the default. */
export const IDENTITIES = {
  cognito: { title: 'a new Cognito user pool', fields: [], method: 'cognito', options: {} },
  oidc: {
    title: 'any OpenID provider',
    fields: [
      { name: 'issuer', question: 'Issuer (iss)', example: 'https://login.example.com', pattern: HTTPS },
      {
        name: 'keys',
        question: 'Address of its keys (jwks_uri)',
        example: 'https://login.example.com/keys',
        pattern: HTTPS,
      },
      audience('https://api.example.com'),
    ],
    method: 'oidc',
    options: { issuer: 'issuer', keys: 'jwksUri', audience: 'audience' },
  },
  auth0: {
    title: 'Auth0',
    fields: [provider('Domain of the tenant', 'example.eu.auth0.com'), audience('https://api.example.com')],
    method: 'auth0',
    options: { provider: 'domain', audience: 'audience' },
  },
  okta: {
    title: 'Okta',
    fields: [provider('Domain of the organization', 'example.okta.com'), audience('api://default')],
    method: 'okta',
    options: { provider: 'domain', audience: 'audience' },
  },
  entra: {
    title: 'Microsoft Entra ID',
    fields: [
      {
        name: 'tenant',
        question: 'Directory (tenant) id',
        example: '00000000-0000-4000-8000-000000000000',
        pattern: GUID,
      },
      audience('00000000-0000-4000-8000-000000000001', GUID),
    ],
    method: 'entra',
    options: { tenant: 'tenantId', audience: 'audience' },
  },
  keycloak: {
    title: 'Keycloak',
    fields: [
      provider('Address of the server', 'https://sso.example.com', HTTPS),
      { name: 'realm', question: 'Realm', example: 'main', pattern: REALM },
      audience('my-api'),
    ],
    method: 'keycloak',
    options: { provider: 'url', realm: 'realm', audience: 'audience' },
  },
} as const satisfies Readonly<Record<string, IdentityKind>>;

/** The name of an identity, as `--identity` takes it. */
export type IdentityName = keyof typeof IDENTITIES;

/** An identity with its values. */
export interface IdentityChoice {
  readonly name: IdentityName;
  readonly values: Readonly<Partial<Record<IdentityField, string>>>;
}

/** Whether a string names an identity. */
export function isIdentityName(name: string): name is IdentityName {
  return Object.hasOwn(IDENTITIES, name);
}

/** What an identity is, with the types that all have in common. */
export function kindOf(name: IdentityName): IdentityKind {
  return IDENTITIES[name];
}

/** @throws {ConfigError} `option-invalid` for a value of another form. */
export function checkField({ name, example, pattern }: Field, value: string): string {
  if (pattern.test(value)) return value;
  throw invalidOption({
    location: `--${name}`,
    found: formatValue(value),
    expected: `a value such as ${example}`,
    fix: 'Copy it from the settings of your provider.',
  });
}

/** The expression that makes the identity, as a person would write it. */
export function identityCode({ name, values }: IdentityChoice): string {
  const { method, fields, options } = kindOf(name);
  const written = fields.map((field) => `${options[field.name]}: '${values[field.name]}'`);
  return written.length === 0 ? `Identity.${method}()` : `Identity.${method}({ ${written.join(', ')} })`;
}
