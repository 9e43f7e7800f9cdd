import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../loopback.ts';
import { type KeyRing, type KeySummary, RotatedTooSoon } from './keyRing.ts';

/** Where keys are listed (GET) and rotated (POST). */
export const KEYS_PATH = '/admin/keys';

const FORM_LIMIT = 1024;

/** The response of the admin endpoint. */
export interface KeysResponse {
  readonly keys?: readonly KeySummary[];
  /** Why there are none. */
  readonly error?: string;
}

/**
 * Handles the admin endpoint: GET lists the keys, POST rotates them, with the form member `withdraw=yes` so that the old ones
 * are gone at once. The bearer token (RFC 6750 section 2.1) is the admin secret. A web page cannot send it, because the endpoint
 * allows no other origin (no CORS).
 */
export function createKeysEndpoint(keys: KeyRing, admin: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isAdmin(request, admin)) return send(response, 401, { error: 'send the admin secret as bearer token' });
    if (request.method === 'GET') return send(response, 200, { keys: keys.list() });
    if (request.method !== 'POST') return send(response, 405, { error: 'GET or POST' });
    const form = new URLSearchParams(await readBody(request, FORM_LIMIT));
    try {
      send(response, 200, { keys: await keys.rotate({ withdraw: form.get('withdraw') === 'yes' }) });
    } catch (error) {
      if (!(error instanceof RotatedTooSoon)) throw error;
      send(response, 409, { error: error.message });
    }
  };
}

function isAdmin({ headers }: IncomingMessage, admin: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${admin}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function send(response: ServerResponse, status: number, body: KeysResponse): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
