import { formatValue } from '../../definition/checks/check.ts';
import { requireStrings, wrong } from '../identity/invalidIdentity.ts';
import { type KeySetRules, withDiscovered } from '../identity/oidc.ts';
import { type ProviderOptions, requireHost, rolesFrom } from './providerOptions.ts';

/** People who sign in with Google to an app of yours. */
export interface GooglePeople extends Omit<ProviderOptions, 'clientIds'> {
  /** The OAuth client ids of your app, `….apps.googleusercontent.com`: one for each platform. */
  readonly clientIds: readonly string[];
  /**
   * Google Workspace domains, whose accounts are accepted (claim `hd`); or `any` for every Google account, also private ones:
   * then anybody can have a valid token, so give roles by `roles.map` alone.
   */
  readonly hostedDomains: readonly string[] | 'any';
  readonly audience?: never;
  readonly serviceAccounts?: never;
}

/** Service accounts of Google Cloud that get tokens for your API. */
export interface GoogleServiceAccounts extends Omit<ProviderOptions, 'clientIds'> {
  /** The audience with which they request tokens, such as `https://api.example.com`. */
  readonly audience: string | readonly string[];
  /**
   * Their e-mail addresses. Every service account of every customer of Google can get a token for your audience, so others are
   * rejected.
   */
  readonly serviceAccounts: readonly string[];
  readonly clientIds?: never;
  readonly hostedDomains?: never;
}

/** Google: people by `clientIds` and `hostedDomains`, or service accounts by `audience` and `serviceAccounts`. */
export type GoogleOptions = GooglePeople | GoogleServiceAccounts;

/** `issuer` and `jwks_uri` of https://accounts.google.com/.well-known/openid-configuration */
const ISSUER = 'https://accounts.google.com';
const JWKS_URI = 'https://www.googleapis.com/oauth2/v3/certs';
const CLIENT_ID = /^[\w-]{1,200}\.apps\.googleusercontent\.com$/;
const SERVICE_ACCOUNT = /^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/;

/**
 * The rules of Google. Its access tokens are opaque, so ID tokens are verified:
 * https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
 *
 * @throws {ConfigError} `identity-invalid` for options of both kinds, an empty list, or a value of another form.
 */
export function googleRules(options: GoogleOptions): KeySetRules {
  const { discovered, clientIds, hostedDomains, audience, serviceAccounts, ...own } = options;
  const people = clientIds !== undefined || hostedDomains !== undefined;
  if (people && (audience !== undefined || serviceAccounts !== undefined)) {
    const fix =
      'Give two identities: Identity.google() with the options of people, and another one with those of accounts.';
    throw wrong('', 'options of people and of service accounts', 'those of one kind', fix);
  }
  return withDiscovered(
    {
      ...(discovered === undefined ? { jwksUri: JWKS_URI, algorithms: ['RS256'] as const } : {}),
      ...own,
      issuer: ISSUER,
      roles: rolesFrom('email', options),
      kind: { id: true },
      ...(people ? peopleRules({ clientIds, hostedDomains }) : accountRules({ audience, serviceAccounts })),
    },
    discovered,
  );
}

/** `azp` is there where the app has several clients, and is one of them then. */
function peopleRules({ clientIds = [], hostedDomains = [] }: Partial<GooglePeople>) {
  requireStrings(
    'clientIds',
    clientIds,
    "Give the ids of your app's OAuth clients: ID tokens of other apps are rejected.",
  );
  const other = clientIds.find((id) => !CLIENT_ID.test(id));
  if (other !== undefined) {
    const fix = 'Copy it from APIs & Services → Credentials.';
    throw wrong('clientIds', formatValue(other), 'an id such as 1234-abc.apps.googleusercontent.com', fix);
  }
  if (hostedDomains !== 'any') {
    requireStrings('hostedDomains', hostedDomains, "Give your Workspace domains, or 'any' for every Google account.");
    for (const domain of hostedDomains) requireHost('hostedDomains', domain, 'example.com');
  }
  return {
    audience: clientIds,
    clientIds,
    clientClaim: ['azp', 'aud'],
    requiredClaims: { email_verified: [true], ...(hostedDomains === 'any' ? {} : { hd: hostedDomains }) },
  };
}

function accountRules({ audience = [], serviceAccounts = [] }: Partial<GoogleServiceAccounts>) {
  const fix = 'Give their e-mail addresses: every account of Google Cloud can get a token for your audience.';
  requireStrings('serviceAccounts', serviceAccounts, fix);
  const other = serviceAccounts.find((address) => !SERVICE_ACCOUNT.test(address));
  if (other !== undefined) {
    throw wrong('serviceAccounts', formatValue(other), 'an address that ends in gserviceaccount.com', fix);
  }
  return { audience, clientClaim: 'azp', requiredClaims: { email_verified: [true], email: serviceAccounts } };
}
