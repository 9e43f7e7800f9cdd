import type { SignInClient } from './signInClient.ts';
import { signInFailed } from './signInError.ts';
import type { EndpointResponse } from './tokenEndpoint.ts';

/** The tokens of a response, checked. */
export interface Tokens {
  readonly accessToken: string;
  /** Epoch milliseconds of this machine's clock. */
  readonly expiresAt: number;
  /** Missing when a refresh keeps the old one. */
  readonly refreshToken?: string;
  /** Who signed in, for people to read. */
  readonly user?: string;
}

type Claims = Readonly<Record<string, unknown>>;
const LOCATION = 'the response of the token endpoint';
/** Three parts in base64url (RFC 7515, section 7.1). */
const JWT = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;
/** Refresh tokens of Cognito are encrypted JWTs. */
const TOKEN = /^[!-~]{1,8192}$/;
const LONGEST_LIFETIME_SECONDS = 86_400;

/**
 * The tokens of a response. It came over TLS from the token endpoint, so signatures are left to the API (OpenID Connect Core,
 * section 3.1.3.7, point 6); issuer, client, kind and nonce are checked, so that no token of something else is kept.
 *
 * @param nonce Of the request, for the ID token of a sign-in. A refresh has none.
 * @throws {ConfigError} `sign-in-failed`.
 */
export function tokensOf(response: EndpointResponse, client: SignInClient, nonce?: string): Tokens {
  if (response.outcome !== 'success') {
    const found = response.outcome === 'rejected' ? `the error ${response.error}` : response.reason;
    throw signInFailed(LOCATION, found, 'Try again. A code works once, and for five minutes.');
  }
  const { access_token: accessToken, token_type: type, expires_in: seconds, refresh_token: refresh } = response.body;
  const claims = claimsOf(accessToken);
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  const lifetime = Number.isInteger(seconds) ? Number(seconds) : 0;
  const faults = [
    [claims['iss'] === client.issuer, 'an access token of another issuer, or none'],
    [claims['client_id'] === client.clientId && claims['token_use'] === 'access', 'an access token of another client'],
    [isBearer, 'a token that is no bearer token'],
    [lifetime > 0 && lifetime <= LONGEST_LIFETIME_SECONDS, 'no lifetime'],
    [refresh === undefined || isToken(refresh), 'a refresh token of another form'],
    [
      nonce === undefined || isOwn(claimsOf(response.body['id_token']), client, nonce),
      'an ID token of another sign-in',
    ],
  ] as const;
  const found = faults.find(([holds]) => !holds)?.[1];
  if (found !== undefined || typeof accessToken !== 'string') {
    throw signInFailed(LOCATION, found ?? 'no access token', 'Deploy the stack again, and sign in.');
  }
  const expiresAt = Date.now() + lifetime * 1000;
  const user = userOf(claimsOf(response.body['id_token']), claims);
  return {
    accessToken,
    expiresAt,
    ...(isToken(refresh) && { refreshToken: refresh }),
    ...(user !== undefined && { user }),
  };
}

function isOwn({ iss, aud, nonce }: Claims, client: SignInClient, expected: string): boolean {
  return iss === client.issuer && aud === client.clientId && nonce === expected;
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value);
}

/** Address or name of a person, without what a terminal would interpret. */
function userOf(...sources: readonly Claims[]): string | undefined {
  const names = sources.flatMap((claims) => [claims['email'], claims['username']]);
  const name = names.find((one) => typeof one === 'string' && one !== '');
  return typeof name === 'string' ? name.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').slice(0, 256) : undefined;
}

/** The claims of a JWT; none for anything else. */
function claimsOf(token: unknown): Claims {
  const payload = typeof token === 'string' && TOKEN.test(token) ? JWT.exec(token)?.[1] : undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
