import { describe, expect, it } from 'vitest';
import { type Api, defineApi, get, post } from '../../../lib/definition/index.ts';
import { roles, tiers } from '../definition/support.ts';
import { call, outcome, plain, sendInput, serveApi, session, silenceTelemetry, type TestRequest } from './support.ts';

silenceTelemetry();

describe('cookies', () => {
  const withCookie = (cookie: string | readonly string[]): TestRequest => ({ ...session, headers: { Cookie: cookie } });

  const toPlain = (cookie: string): TestRequest => ({ ...plain, headers: { ...plain.headers, Cookie: cookie } });

  it.each(['other=1', 'sid=abc; other=1', 'SID=abc'])(
    'are rejected where no route declares them: %s',
    async (cookie) => {
      expect(await outcome(toPlain(cookie))).toEqual([400, 'invalid-request', 'cookie unexpected']);
    },
  );

  it('of other routes are ignored, because browsers send them to each route of the host', async () => {
    expect((await sendInput(toPlain('sid=abc; n=x'))).statusCode).toBe(200);
  });

  it('reach the handler as values when declared', async () => {
    expect((await sendInput(withCookie('sid=abc; n=5'))).json['seen']).toEqual({ sid: 'abc', n: 5 });
    expect((await sendInput(withCookie(['sid="abc"', 'n=5']))).json['seen']).toEqual({ sid: 'abc', n: 5 });
  });

  it.each([
    ['sid=a', ['cookie too-short']],
    ['sid=abc; n=1e3', ['cookie type']],
    ['sid=abc; other=1', ['cookie unknown']],
    ['sid=abc; sid=abd', ['cookie repeated']],
    ['sid=abc;', ['cookie malformed']],
    ['sid', ['cookie malformed', 'cookie required']],
    ['sid="abc', ['cookie malformed', 'cookie required']],
    ['sid=a b', ['cookie malformed', 'cookie required']],
  ])('are rejected: %s', async (cookie, faults) => {
    const [status, , ...errors] = await outcome(withCookie(cookie));
    expect(status).toBe(400);
    expect(errors[0]).toBe(faults[0]);
  });

  it('that a response sets are ignored by the other routes', async () => {
    const api = withCookies({});
    expect(await statusOf(api, 'read', '__Host-session=a; __Host-session=b')).toBe(204);
    expect(await statusOf(api, 'read', '_ga=GA1.2')).toBe(400);
  });

  it('of other programs are ignored where the API says so, however they are written, and never reach a handler', async () => {
    const api = withCookies({ input: { otherCookies: 'ignore' } });
    for (const cookie of ['_ga=GA1.2', 'a b', 'a="b; __proto__=1', '=', ';', 'x=é'])
      for (const route of ['signIn', 'read']) expect(await statusOf(api, route, cookie)).toBe(204);
  });

  it('are required where the route declares them so', async () => {
    expect(await outcome(session)).toEqual([400, 'invalid-request', 'cookie required']);
  });
});

/** An API with a route that sets a cookie, and one that knows of none. */
function withCookies(more: object): Api {
  const ok = { description: 'Done' };
  return defineApi({
    name: 'cookies',
    version: '1.0.0',
    roles,
    tiers,
    ...more,
    routes: {
      signIn: post('/session', {
        public: 'nobody is signed in yet',
        responses: { 204: { ...ok, cookies: { '__Host-session': { description: 'The session' } } } },
      }),
      read: get('/notes', { public: 'everybody reads them', responses: { 204: ok } }),
    },
  });
}

async function statusOf(api: Api, route: string, cookie: string): Promise<number> {
  const { method, path } = api.routes[route] ?? expect.fail(route);
  const handler = { route, fn: () => ({ status: 204 }) };
  return (await call(serveApi(api, [handler]), { method, resource: path, headers: { Cookie: cookie } })).statusCode;
}
