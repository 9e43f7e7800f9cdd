import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { type CorsProps, corsOf } from '../../../../lib/construct/cors/cors.ts';
import { ConfigError } from '../../../../lib/definition/index.ts';
import { one } from '../../openapi/support.ts';

const faultsOf = (props: CorsProps, options = {}) => {
  try {
    corsOf(one(options), props);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [String(error)];
  }
};
const fixOf = (origin: string) => {
  const [first] = faultsOf({ origins: [origin] });
  expect(first).toMatchObject({ code: 'cors-invalid', location: 'cors.origins.0', expected: expect.any(String) });
  return typeof first === 'object' ? first.fix : first;
};

describe('an origin', () => {
  it.each([
    'https://app.example.com',
    'https://app.example.com:8443',
    'https://example',
    'https://my_app.example.com',
    'https://xn--bcher-kva.example',
    'https://192.0.2.1',
    'https://[2001:db8::1]:8443',
    'https://localhost',
    'http://localhost',
    'http://localhost:3000',
    'http://127.0.0.1:5173',
    'http://[::1]:8080',
    '*',
  ])('is accepted as browsers send it: %s', (origin) => {
    expect(faultsOf({ origins: [origin] })).toEqual([]);
  });

  it.each([
    ['https://app.example.com/', 'https://app.example.com'],
    ['https://app.example.com/path', 'https://app.example.com'],
    ['https://app.example.com?a=b', 'https://app.example.com'],
    ['https://app.example.com#a', 'https://app.example.com'],
    ['https://app.example.com:443', 'https://app.example.com'],
    ['http://localhost:80', 'http://localhost'],
    ['https://app.example.com:', 'https://app.example.com'],
    ['https://app.example.com:08443', 'https://app.example.com:8443'],
    ['https://App.Example.com', 'https://app.example.com'],
    ['HTTPS://app.example.com', 'https://app.example.com'],
    [' https://app.example.com', 'https://app.example.com'],
    ['https://app.example.com\n', 'https://app.example.com'],
    ['https:app.example.com', 'https://app.example.com'],
    ['https:\\\\app.example.com', 'https://app.example.com'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://app%2eexample.com', 'https://app.example.com'],
    ['https://127.1', 'https://127.0.0.1'],
    ['https://0x7f000001', 'https://127.0.0.1'],
    ['https://[2001:DB8:0::1]', 'https://[2001:db8::1]'],
  ])('in another spelling fails, and the message has the right one: %j', (origin, right) => {
    expect(fixOf(origin)).toContain(`Write ${right}, as browsers send it.`);
  });

  it.each([
    ['http://app.example.com', 'Use https'],
    ['http://127.0.0.1.example.com', 'Use https'],
    ['http://localhost.example.com', 'Use https'],
    ['http://192.0.2.1', 'Use https'],
    ['null', 'sandboxed frame'],
    ['https://*.example.com', 'List each origin'],
    ['https://*', 'List each origin'],
    ['http://localhost:*', 'List each origin'],
    ['*.example.com', 'List each origin'],
    ['app.example.com', 'Write scheme'],
    ['//app.example.com', 'Write scheme'],
    ['', 'Write scheme'],
    ['https://', 'Write scheme'],
    ['https://app.example.com:99999', 'Write scheme'],
    ['https://app.example.com,https://b.example.com', 'host name'],
    ['https://app.example.com https://b.example.com', 'Write scheme'],
    ['https://app.example.com.', 'without a dot'],
    ['https://app..example.com', 'host name'],
    ['https://"+x+".example.com', 'host name'],
    ["https://a'b.example.com", 'host name'],
    ['https://$headers.example.com', 'host name'],
    ['https://a{b}.example.com', 'host name'],
    ['ftp://app.example.com', 'Only https'],
    ['file:///index.html', 'Only https'],
    ['data:text/html,a', 'Only https'],
    ['chrome-extension://abcdefghijklmnop', 'Only https'],
    ['capacitor://localhost', 'Only https'],
    [`https://${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.example`, 'at most 255'],
  ])('that is none, or allows more than one site, fails: %j', (origin, fix) => {
    expect(fixOf(origin)).toContain(fix);
  });

  it('with a user name fails without showing it: a password can be beside it', () => {
    for (const origin of [
      'https://ada:hunter2@app.example.com',
      'https://ada@app.example.com',
      'https://@app.example.com',
    ]) {
      expect(fixOf(origin)).toBe('Write https://app.example.com.');
      expect(JSON.stringify(faultsOf({ origins: [origin] }))).not.toMatch(/hunter2|ada/);
    }
  });

  it('can be known only at deployment, such as the domain of a distribution', () => {
    const host = new CfnParameter(new Stack(new App(), 'S'), 'Host').valueAsString;
    expect(faultsOf({ origins: [`https://${host}`] })).toEqual([]);
    expect(faultsOf({ origins: [host] })).toMatchObject([{ location: 'cors.origins.0' }]);
    expect(faultsOf({ origins: [`https://${host}/`] })).toMatchObject([{ location: 'cors.origins.0' }]);
    expect(faultsOf({ origins: [`http://${host}`] })).toMatchObject([{ location: 'cors.origins.0' }]);
  });

  it('that is known only at deployment is an origin in all but the unknown part', () => {
    const part = new CfnParameter(new Stack(new App(), 'S'), 'Part').valueAsString;
    for (const origin of [`https://${part}:8443`, `https://app.example.com:${part}`, `https://${part}.example.com`])
      expect(faultsOf({ origins: [origin] })).toEqual([]);
    for (const origin of [
      `https://${part}/app`,
      `https://${part}?x`,
      `https://${part}#x`,
      `https://${part}:443`,
      `https://${part} `,
      `https://${part}'`,
      `https://ada:hunter2@${part}`,
      `https://*.${part}`,
      `https://${part}")#end$input.body#if("`,
      `https://APP.${part}`,
      `${part}://app.example.com`,
    ]) {
      const faults = faultsOf({ origins: [origin] });
      expect(faults, origin).toMatchObject([{ location: 'cors.origins.0' }]);
      expect(JSON.stringify(faults)).not.toMatch(/hunter2|ada/);
    }
  });
});

describe('a policy', () => {
  const origins = ['https://app.example.com'];

  it('fails with all faults at once', () => {
    const faults = faultsOf({ origins: ['https://a/', 'null'], allowHeaders: ['*'], exposeHeaders: ['Set-Cookie'] });
    expect(faults).toMatchObject([
      { location: 'cors.origins.0' },
      { location: 'cors.origins.1' },
      { location: 'cors.allowHeaders.0' },
      { location: 'cors.exposeHeaders.0' },
    ]);
  });

  it.each([
    ['no origin', { origins: [] }, 'cors.origins', 'an empty list'],
    [
      'too many',
      { origins: Array.from({ length: 11 }, (_, i) => `https://a${i}.example`) },
      'cors.origins',
      '11 entries',
    ],
    ['an origin twice', { origins: [...origins, ...origins] }, 'cors.origins.1', '"https://app.example.com" again'],
    ['* with credentials', { origins: ['*'], credentials: true }, 'cors.origins', '"*" with credentials'],
    ['* beside an origin', { origins: ['*', ...origins] }, 'cors.origins', '"*" beside other origins'],
    ['a header twice', { origins, allowHeaders: ['X-A', 'x-a'] }, 'cors.allowHeaders.1', '"x-a" again'],
    ['an exposed header twice', { origins, exposeHeaders: ['X-A', 'x-a'] }, 'cors.exposeHeaders.1', '"x-a" again'],
    ['all headers', { origins, credentials: true, allowHeaders: ['*'] }, 'cors.allowHeaders.0', '"*"'],
    ['all exposed headers', { origins, credentials: true, exposeHeaders: ['*'] }, 'cors.exposeHeaders.0', '"*"'],
  ] as const)('fails with %s', (_, props, location, found) => {
    expect(faultsOf(props)).toMatchObject([{ code: 'cors-invalid', location, found }]);
  });

  it.each([
    'Cookie',
    'host',
    'Origin',
    'Referer',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Sec-Fetch-Site',
    'Proxy-Authorization',
    'Access-Control-Request-Method',
    'Set-Cookie',
    'X-HTTP-Method-Override',
    'X-Http-Method',
    'X-Method-Override',
    'X-Amzn-Waf-Allowed-Origin',
    'X-Api-Key',
    'X-Forwarded-For',
    'X Y',
    'X:Y',
    'X-A, X-B',
    'X-A\r\nX-B',
    'Ä',
    '',
    '-',
    "X'Y",
    'x'.repeat(65),
  ])('cannot allow the request header %j', (name) => {
    expect(faultsOf({ origins, allowHeaders: [name] })).toMatchObject([{ location: 'cors.allowHeaders.0' }]);
  });

  it.each(['Set-Cookie', 'set-cookie2', 'Access-Control-Allow-Origin', 'X Y', "X'Y", ''])(
    'cannot expose %j',
    (name) => {
      expect(faultsOf({ origins, exposeHeaders: [name] })).toMatchObject([{ location: 'cors.exposeHeaders.0' }]);
    },
  );

  it('exposes what the routes declare and the gateway adds, and what the prop adds, each once', () => {
    const responses = {
      200: { description: 'Fine', headers: { ETag: 'Version', Location: 'Path' } },
    };
    expect(corsOf(one({ responses }), { origins, exposeHeaders: ['etag', 'X-Request-Id'] })).toEqual({
      origins,
      credentials: false,
      maxAgeSeconds: 7_200,
      allowHeaders: [],
      exposeHeaders: [
        'Retry-After',
        'RateLimit',
        'RateLimit-Policy',
        'X-Request-Id',
        'traceresponse',
        'x-amzn-RequestId',
        'WWW-Authenticate',
        'x-amzn-Remapped-WWW-Authenticate',
        'ETag',
        'Location',
      ],
    });
  });

  it('exposes what deprecated routes send', () => {
    const deprecated = { since: '2026-01-01', sunset: '2027-01-01' };
    expect(corsOf(one({ deprecated }), { origins })?.exposeHeaders).toEqual(
      expect.arrayContaining(['Deprecation', 'Sunset', 'Link']),
    );
  });

  it('does not let a route declare what the policy decides on', () => {
    const responses = { 200: { description: 'Fine', headers: { 'access-control-allow-origin': 'Everybody' } } };
    expect(faultsOf({ origins }, { responses })).toMatchObject([
      { location: 'routes.add.responses.200.headers.access-control-allow-origin' },
    ]);
  });
});
