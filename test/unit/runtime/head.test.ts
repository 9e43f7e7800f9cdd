import { describe, expect, it } from 'vitest';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { type Api, defineApi, defineRoles, get, object } from '../../../lib/definition/index.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

silenceTelemetry();

const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['note:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    read: get('/notes', {
      permission: 'note:read',
      responses: { 200: { description: 'The note', body: object({}), headers: { ETag: 'Version' } } },
      problems: [404],
    }),
  },
});
const handler = handlersOf<typeof notes>()('read', () => ({ status: 200, body: {}, headers: { ETag: '"1"' } }));
const send = (method: string, more: object = {}) =>
  call(serveApi(notes as unknown as Api, [handler]), { method, resource: '/notes', ...more });

describe('a HEAD request', () => {
  it('gets what GET gets; API Gateway drops the body and keeps its length', async () => {
    const [head, read] = [await send('HEAD'), await send('GET')];
    expect(head).toEqual(read);
    expect(head).toMatchObject({ statusCode: 200, headers: { etag: '"1"' } });
  });

  it.each([
    ['without the permission', { roles: 'stranger' }, 403],
    ['without a caller', { authorizer: null }, 401],
    ['with an unknown parameter', { query: { x: '1' } }, 400],
    ['that accepts no JSON', { headers: { Accept: 'text/html' } }, 406],
    ['that overrides the method', { headers: { 'X-HTTP-Method-Override': 'GET' } }, 400],
  ])('%s is rejected as GET is', async (_, more, status) => {
    expect((await send('HEAD', more)).statusCode).toBe(status);
    expect((await send('GET', more)).statusCode).toBe(status);
  });

  it.each(['head', 'Head', 'HEAD ', 'POST', 'TRACE'])('is no other method: %s', async (method) => {
    expect((await send(method)).statusCode).toBe(404);
  });
});
