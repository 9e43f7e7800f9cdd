import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Emulator } from './emulator.ts';
import type { Issuer } from './issuer.ts';
import type { Services } from './services.ts';
import { type Created, idOf } from './stack.ts';

/** Who sends requests to which deployed API. */
export interface Requests {
  readonly emulator: Emulator;
  readonly services: Services;
  readonly created: Created;
}

/** Public routes respond, and the authorizer rejects a request without a valid token. */
export async function checkPublic(requests: Requests, ...paths: readonly string[]): Promise<string> {
  const send = sender(requests);
  for (const path of paths) equal((await send('GET', path)).status, 200, path);
  equal((await send('GET', '/me')).status, 401, '/me without a token');
  const headers = { authorization: 'Bearer invalid.token.here' };
  equal((await send('GET', '/me', { headers })).status, 401, '/me with an invalid token');
  return `${paths.join(', ')}: 200; /me without a valid token: 401`;
}

/** Creates a document: token, roles, API key, function and table. The path of the document. */
export async function createDocument(requests: Requests, issuer: Issuer): Promise<string> {
  const send = sender(requests);
  const [viewer, editor] = await Promise.all([
    headersOf(requests, issuer, 'viewer'),
    headersOf(requests, issuer, 'editor'),
  ]);
  const me = await send('GET', '/me', { headers: editor });
  equal(me.status, 200, await me.clone().text());
  deepEqual(((await me.json()) as { readonly roles: unknown }).roles, ['editor']);
  const body = JSON.stringify({ title: 'Kept', body: 'Written before the update' });
  const denied = await send('POST', '/documents', { headers: viewer, body });
  equal(denied.status, 403, 'a viewer creates a document');
  const made = await send('POST', '/documents', { headers: editor, body });
  equal(made.status, 201, await made.text());
  const location = made.headers.get('location') ?? '';
  ok(location.includes('/documents/'), location);
  return location.slice(location.indexOf('/documents/'));
}

/** Reads it as someone who may only read. */
export async function checkDocument(requests: Requests, issuer: Issuer, path: string): Promise<string> {
  const response = await sender(requests)('GET', path, { headers: await headersOf(requests, issuer, 'viewer') });
  equal(response.status, 200, await response.clone().text());
  equal(((await response.json()) as { readonly title: unknown }).title, 'Kept');
  return 'the document is as before';
}

function sender({ emulator, created }: Requests) {
  const base = `${emulator.url}/restapis/${idOf(created, 'AWS::ApiGateway::RestApi')}/live/_user_request_`;
  return (method: string, path: string, init: RequestInit = {}) => fetch(`${base}${path}`, { ...init, method });
}

/** Token, and the key of the tier: the emulator takes it from this header and not from the authorizer. */
async function headersOf({ services }: Requests, issuer: Issuer, role: string): Promise<Record<string, string>> {
  const { items = [] } = await services.gateway.getApiKeys({ includeValues: true });
  const key = items.find(({ value }) => value?.startsWith('free-'))?.value ?? '';
  return {
    authorization: `Bearer ${await issuer.token(role)}`,
    'content-type': 'application/json',
    'x-api-key': key,
  };
}
