import { createHmac } from 'node:crypto';

/**
 * The value of a client's API key: HMAC-SHA-256 of the client with the secret of the API, in 64 hexadecimal digits. The
 * authorizer computes it, so it is never stored or sent. Each replacement of the key increases the version.
 */
export function clientKey(secret: string, client: string, version: number): string {
  return createHmac('sha256', secret).update(`v${version}:${client}`).digest('hex');
}
