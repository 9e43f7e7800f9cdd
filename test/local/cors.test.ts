import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { securityHeaders } from '../../lambdas/shared/httpHeaders.ts';
import { ORIGIN_ROWS, ORIGINS } from '../parity/rows/origins.ts';
import { type Call, type Client, type ClientResponse, clientOf } from '../support/client.ts';
import { corsAssembly } from '../support/corsApi.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

const [APP, ADMIN] = ORIGINS;
const EVIL = 'https://evil.example';
let gateway: RunningGateway;
/** With one origin, and with several and credentials. */
let one: Client;
let several: Client;
let writer: string;
let reader: string;
let narrow: string;

beforeAll(async () => {
  const policies = [
    { origins: [APP] },
    {
      origins: [...ORIGINS],
      credentials: true,
      maxAgeSeconds: 60,
      allowHeaders: ['X-Trace'],
      exposeHeaders: ['X-Trace'],
    },
  ];
  gateway = await startGateway({ assembly: corsAssembly(policies), args: ['--verbose'] });
  const { apis, ca } = gateway.ready;
  const clients = apis.map(({ url }) => clientOf({ url, ca }));
  [one, several] = [clients[0] ?? expect.fail('no API'), clients[1] ?? expect.fail('no second API')];
  writer = await gateway.token('writer', { tier: 'wide' });
  reader = await gateway.token('reader', { tier: 'wide' });
  narrow = await gateway.token('reader', { tier: 'narrow', client: 'narrow' });
});
afterAll(() => gateway?.stop());

const from = (origin: string | readonly string[] | undefined): NonNullable<Call['headers']> =>
  origin === undefined ? {} : { origin };
/** The security headers that a response does not have. The web ACL has no room for two of them beside those of CORS. */
const withoutSecurity = ({ status, headers }: ClientResponse) =>
  Object.entries(securityHeaders())
    .filter(([name]) => status !== 413 || !['Referrer-Policy', 'Permissions-Policy'].includes(name))
    .filter(([name, value]) => headers[name.toLowerCase()] !== value)
    .map(([name]) => name);
const allowed = ({ headers }: ClientResponse) => headers['access-control-allow-origin'];
const preflight = (call: Client, path: string, origin: string | readonly string[] | undefined, method = 'PUT') => {
  const asked = {
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  };
  return call('OPTIONS', path, { headers: { ...asked, ...from(origin) } });
};

/** Every way in which a request can end, with its status. */
const ENDINGS: readonly (readonly [
  string,
  number,
  (call: Client, headers: Call['headers']) => Promise<ClientResponse>,
])[] = [
  ['success', 200, (call, headers) => call('GET', '/notes/1', { token: reader, headers })],
  ['success without a token', 200, (call, headers) => call('GET', '/health', { headers })],
  ['no body', 204, (call, headers) => call('DELETE', '/notes/1', { token: writer, headers })],
  [
    'a body that the gateway rejects',
    400,
    (call, headers) => call('PUT', '/notes/1', { token: writer, headers, body: {} }),
  ],
  [
    'a query that the function rejects',
    400,
    (call, headers) => call('GET', '/notes/1?a=b', { token: reader, headers }),
  ],
  ['no token', 401, (call, headers) => call('GET', '/notes/1', { headers })],
  ['an invalid token', 401, (call, headers) => call('GET', '/notes/1', { token: 'a.b.c', headers })],
  ['a missing permission', 403, (call, headers) => call('DELETE', '/notes/1', { token: reader, headers })],
  ['no route', 404, (call, headers) => call('GET', '/nowhere', { headers })],
  [
    'another media type',
    415,
    (call, headers) => {
      return call('PUT', '/notes/1', {
        token: writer,
        body: '{"text":"a"}',
        headers: { ...headers, 'content-type': 'text/csv' },
      });
    },
  ],
  ['a bug', 500, (call, headers) => call('GET', '/failures/1', { token: reader, headers })],
  ['a timeout', 504, (call, headers) => call('GET', '/failures/slow', { token: reader, headers })],
];
/** A response that the web ACL itself sends. */
const BLOCKS: typeof ENDINGS = [
  [
    'a body larger than any route takes',
    413,
    (call, headers) => call('PUT', '/notes/1', { body: 'x'.repeat(5_000), headers }),
  ],
];

describe('one origin', () => {
  it.each([...ENDINGS, ...BLOCKS])('is on every response: %s', async (_, status, send) => {
    for (const headers of [from(APP), from(EVIL), from('null'), from(undefined)]) {
      const response = await send(one, headers);
      expect([response.status, allowed(response), response.headers['access-control-allow-credentials']]).toEqual([
        status,
        APP,
        undefined,
      ]);
      expect(response.headers['vary']).toContain('Origin');
      expect(withoutSecurity(response)).toEqual([]);
    }
  });

  it('is on the 429 of a throttle, with when to retry', async () => {
    const responses = await Promise.all(
      Array.from({ length: 5 }, () => one('GET', '/notes/1', { token: narrow, headers: { origin: APP } })),
    );
    const throttled = responses.find(({ status }) => status === 429) ?? expect.fail('not throttled');
    expect(allowed(throttled)).toBe(APP);
    expect(throttled.headers).toMatchObject({
      'retry-after': '1',
      'access-control-expose-headers': expect.stringContaining('Retry-After'),
    });
  });

  it('has preflights without a token, a body or a use of the quota', async () => {
    const response = await preflight(one, '/notes/1', APP);
    expect([response.status, response.text]).toEqual([204, '']);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': expect.stringMatching(/GET.*PUT.*DELETE/),
      'access-control-allow-headers': 'Authorization, Content-Type, if-match, X-Request-Id, traceparent, tracestate',
      'access-control-max-age': '7200',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    });
    expect((await preflight(one, '/health', APP, 'GET')).headers['access-control-allow-headers']).toBe(
      'X-Request-Id, traceparent, tracestate',
    );
  });

  it('exposes what the API sends', async () => {
    const response = await one('PUT', '/notes/1', { token: writer, body: { text: 'a' }, headers: { origin: APP } });
    expect(response.headers['access-control-expose-headers']).toBe(
      'Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, traceresponse, x-amzn-RequestId, WWW-Authenticate, x-amzn-Remapped-WWW-Authenticate, ETag, Vary',
    );
    expect(response.headers).toMatchObject({
      etag: '"2"',
      ratelimit: expect.any(String),
      vary: 'Accept-Language, Origin',
    });
  });
});

describe('several origins', () => {
  const tokenless = ENDINGS.filter(([, status]) => status === 401 || status === 404);

  it.each(ORIGINS)('are exact on every response but those of the web ACL: %s', async (origin) => {
    for (const [what, status, send] of ENDINGS) {
      const response = await send(several, { origin });
      expect([what, response.status, allowed(response)]).toEqual([what, status, origin]);
      expect(response.headers['access-control-allow-credentials']).toBe('true');
      expect(response.headers['vary']).toContain('Origin');
    }
  });

  it.each(BLOCKS)('are the first one where the web ACL blocks: %s', async (_, status, send) => {
    for (const origin of [APP, ADMIN, EVIL]) {
      const response = await send(several, { origin, 'x-amzn-waf-allowed-origin': EVIL });
      expect([response.status, allowed(response)]).toEqual([status, APP]);
    }
  });

  it.each(ORIGIN_ROWS)('decide alike on every part: $name', async ({ origin, listed }) => {
    const headers = from(origin);
    const own = listed ? String(origin) : undefined;
    expect(allowed(await preflight(several, '/notes/1', origin))).toBe(own);
    expect(allowed(await several('GET', '/notes/1', { token: reader, headers }))).toBe(own);
    for (const [, , send] of tokenless) expect(allowed(await send(several, headers))).toBe(own ?? APP);
  });

  it('cannot be forged by the header that the web ACL inserts, nor by a parameter', async () => {
    const headers = { origin: EVIL, 'X-Amzn-Waf-Allowed-Origin': EVIL };
    expect(allowed(await several('GET', '/notes/1', { headers }))).toBe(APP);
    expect(allowed(await preflight(several, `/notes/1?Origin=${APP}&origin=${APP}`, EVIL))).toBeUndefined();
  });

  it('have the options of the policy in their preflights', async () => {
    expect((await preflight(several, '/notes/1', ADMIN)).headers).toMatchObject({
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers':
        'Authorization, Content-Type, if-match, X-Request-Id, traceparent, tracestate, X-Trace',
      'access-control-max-age': '60',
    });
    const exposed = (await several('GET', '/health', { headers: { origin: APP } })).headers[
      'access-control-expose-headers'
    ];
    expect(exposed).toContain('X-Trace');
  });
});

it('nothing of it is reported as not emulated', () => {
  expect(gateway.output()).not.toMatch(/not emulated locally:.*(OPTIONS|template|insert|contentHandling)/i);
});
