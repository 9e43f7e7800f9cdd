import { machineClientSecret } from './secretsOnDisk.ts';

/** The public client that an app on this machine signs in with (authorization code + PKCE). */
export const LOCAL_APP = 'local-app';

/** Ids that a machine client may have. */
export const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost'];

/** Metadata as RFC 7591 names it. */
type ClientMetadata = Readonly<Record<string, unknown>>;

/**
 * The metadata of a client: `local-app`, or a machine client for any other valid id, whose secret is derived from the
 * admin secret.
 */
export function findClient(clientId: string, admin: string): ClientMetadata | undefined {
  if (!CLIENT_ID.test(clientId)) return undefined;
  return clientId === LOCAL_APP ? localApp() : machineClient(clientId, machineClientSecret(admin, clientId));
}

/** Redirects of `local-app`: any path and port of this machine, by RFC 8252 section 7.3 and 8.3. */
export function isLoopbackRedirect(uri: string): boolean {
  const url = URL.parse(uri);
  if (url === null || url.hash !== '' || url.username !== '' || url.password !== '') return false;
  return ['http:', 'https:'].includes(url.protocol) && LOOPBACK_HOSTS.includes(url.hostname);
}

function localApp(): ClientMetadata {
  return {
    client_id: LOCAL_APP,
    client_name: 'Local app',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
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
