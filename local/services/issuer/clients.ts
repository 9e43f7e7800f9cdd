import { machineClientSecret } from './adminSecret.ts';
import type { StackClient, TokenSettings } from './tokenSettings.ts';

/** The public client that an app on this machine signs in with (authorization code + PKCE, or device code). */
const LOCAL_APP = 'local-app';

/** Ids that a machine client may have. */
export const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** RFC 8628 section 3.4. */
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
/**
 * A URI of this machine, as RFC 3986 writes it: the scheme, a literal host, an optional port, then path and query of allowed
 * characters. Parsers read such a string alike; they differ about backslashes, user names, line breaks and other spellings of
 * a host, so none of these is in it.
 */
const LOOPBACK_REDIRECT =
  /^https?:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::(?<port>[1-9]\d{0,4}))?(?<path>\/(?:[\w.~!$&'()*+,;=:@/-]|%[\dA-Fa-f]{2})*)?(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[\dA-Fa-f]{2})*)?$/;
const MAX_PORT = 65_535;
/** Registered only because oidc-provider requires it; `isAllowedRedirect` decides. */
const LOOPBACK_REDIRECTS = ['http://127.0.0.1/callback', 'http://localhost/callback'];

/** Metadata as RFC 7591 names it. */
type ClientMetadata = Readonly<Record<string, unknown>>;

/**
 * The metadata of a client: one of the stack, `local-app`, or a machine client for any other valid id, whose secret is
 * derived from the admin secret. A machine client of a user pool is also found by its name, for `secure-api token`; its tokens have the id.
 */
export function findClient(clientId: string, admin: string, { clients }: TokenSettings): ClientMetadata | undefined {
  const known =
    clients.find(({ id }) => id === clientId) ??
    clients.find(({ name, flows }) => name === clientId && flows.includes('client_credentials'));
  if (known !== undefined) return stackClient(known, known.secret ?? machineClientSecret(admin, clientId));
  if (!CLIENT_ID.test(clientId)) return undefined;
  return clientId === LOCAL_APP ? localApp() : machineClient(clientId, machineClientSecret(admin, clientId));
}

/** Whether a client is allowed to redirect to a URI: any app to this machine, elsewhere only what the stack registers. */
export function isAllowedRedirect(clientId: string, uri: string, { clients }: TokenSettings): boolean {
  const known = clients.find(({ id }) => id === clientId);
  if (known?.redirectUris.includes(uri)) return true;
  return (known !== undefined || clientId === LOCAL_APP) && isLoopbackRedirect(uri);
}

/** Any path and port of this machine, in one spelling (RFC 8252 sections 7.3 and 8.3). */
export function isLoopbackRedirect(uri: string): boolean {
  const { port = '1', path = '/' } = LOOPBACK_REDIRECT.exec(uri)?.groups ?? { port: '0' };
  // A path with dot segments would become another one.
  return Number(port) >= 1 && Number(port) <= MAX_PORT && URL.parse(uri)?.pathname === path;
}

function localApp(): ClientMetadata {
  return {
    client_id: LOCAL_APP,
    client_name: 'Local app',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
    response_types: ['code'],
    redirect_uris: LOOPBACK_REDIRECTS,
  };
}

function stackClient({ id, isPublic, flows }: StackClient, secret: string): ClientMetadata {
  const signsIn = flows.includes('code');
  return {
    client_id: id,
    application_type: 'native',
    ...(isPublic
      ? { token_endpoint_auth_method: 'none' }
      : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }),
    grant_types: [
      ...(signsIn ? ['authorization_code', 'refresh_token'] : []),
      ...(flows.includes('client_credentials') ? ['client_credentials'] : []),
    ],
    response_types: signsIn ? ['code'] : [],
    redirect_uris: signsIn ? LOOPBACK_REDIRECTS : [],
  };
}

function machineClient(clientId: string, secret: string): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}
