import { describe, expect, it } from 'vitest';
import { get } from '../../../../lib/definition/index.ts';
import { faultsOf, read, withRoute } from '../support.ts';

const withResponse = (response: object, status = 204) =>
  withRoute({ ...read, responses: { [status]: { description: 'Fine', ...response } } });
const withCookie = (cookie: object, name = 'session') =>
  withResponse({ cookies: { [name]: { description: 'x', ...cookie } } });
const at = (end: string) => `routes.list.responses.${end}`;

describe('the check of cookies of responses', () => {
  it.each([
    [{}, '__Host-session'],
    [{ maxAgeSeconds: 34_560_000, httpOnly: false, sameSite: 'None', path: '/app', domain: 'example.com' }, 'session'],
    [{ domain: 'example.com' }, '__Secure-session'],
    [{ path: '/' }, '__Host-a'],
  ])('accepts %j as %s', (cookie, name) => {
    expect(faultsOf(withCookie(cookie, name))).toEqual([]);
  });

  it.each([
    [{ maxAgeSeconds: 0 }, '.maxAgeSeconds'],
    [{ maxAgeSeconds: 1.5 }, '.maxAgeSeconds'],
    [{ maxAgeSeconds: 34_560_001 }, '.maxAgeSeconds'],
    [{ maxAgeSeconds: '60' }, '.maxAgeSeconds'],
    [{ path: 'app' }, '.path'],
    [{ path: '/; Domain=evil.example' }, '.path'],
    [{ path: '/\r\nX: y' }, '.path'],
    [{ domain: '.example.com' }, '.domain'],
    [{ domain: 'com' }, '.domain'],
    [{ domain: 'example.com; HttpOnly' }, '.domain'],
    [{ domain: 'EXAMPLE.com' }, '.domain'],
    [{ sameSite: 'lax' }, '.sameSite'],
    [{ sameSite: false }, '.sameSite'],
  ])('rejects %j', (cookie, end) => {
    expect(faultsOf(withCookie(cookie))).toEqual([
      { code: 'response-cookie-invalid', location: at(`204.cookies.session${end}`) },
    ]);
  });

  it.each(['', 'a b', 'a=b', 'a;b', 'a,b', 'é', 'a\n', 'a'.repeat(65)])('rejects the name %j', (name) => {
    expect(faultsOf(withCookie({}, name)).map(({ code }) => code)).toEqual(['response-cookie-invalid']);
  });

  it.each([{ domain: 'example.com' }, { path: '/app' }])('rejects __Host- with %j, which browsers drop', (cookie) => {
    expect(faultsOf(withCookie(cookie, '__Host-session'))).toEqual([
      { code: 'response-cookie-invalid', location: at('204.cookies.__Host-session') },
    ]);
  });

  it.each([{ secure: false }, { httponly: true }, { httpOnly: 'no' }, { description: undefined }])(
    'rejects %j',
    (cookie) => {
      expect(faultsOf(withCookie(cookie)).map(({ code }) => code)).toContain('response-cookie-invalid');
    },
  );

  it.each(['Set-Cookie', 'set-cookie', 'SET-COOKIE'])(
    'rejects %s as a header, whose attributes a handler could weaken',
    (name) => {
      expect(faultsOf(withResponse({ headers: { [name]: 'x' } }))).toContainEqual({
        code: 'response-cookie-invalid',
        location: at(`204.headers.${name}`),
      });
    },
  );
});

describe('the check of redirects', () => {
  const list = (status: number, response: object = {}) => ({
    routes: {
      list: get('/notes', { ...read, responses: { [status]: { description: 'There', ...response } } } as never),
    },
  });

  it.each([301, 302, 303, 307, 308])('accepts %i, also alone', (status) => {
    expect(faultsOf(list(status))).toEqual([]);
    expect(faultsOf(list(status, { redirectTo: ['https://pay.example.com', 'https://a.example.com:8443'] }))).toEqual(
      [],
    );
    expect(faultsOf(list(304))).toEqual([]);
  });

  it.each([301, 302, 304])('rejects %i on POST', (status) => {
    expect(faultsOf(withResponse({}, status))).toEqual([{ code: 'redirect-invalid', location: at(String(status)) }]);
  });

  it.each([303, 307, 308])('accepts %i on POST', (status) => {
    expect(faultsOf(withResponse({}, status))).toEqual([]);
  });

  it.each([300, 305, 306, 309, 399, 100, 404])('rejects the status %i', (status) => {
    expect(faultsOf(list(status)).map(({ code }) => code)).toContain('response-missing');
  });

  it.each([301, 303, 304, 308])('rejects a body of %i', (status) => {
    expect(faultsOf(list(status, { contentType: 'text/csv' }))).toEqual([
      { code: 'response-missing', location: at(`${status}.contentType`) },
    ]);
  });

  it.each([
    '*',
    'https://*.example.com',
    'http://pay.example.com',
    'https://pay.example.com/',
    'https://pay.example.com/path',
    'https://PAY.example.com',
    'https://user@pay.example.com',
    'https://pay.example.com:443',
    'https://pay.example.com:99999',
    'https://localhost',
    'https://192.0.2.1',
    '//pay.example.com',
    'pay.example.com',
    'javascript:alert(1)',
    'https://pay.example.com\n',
    '',
    7,
    null,
  ])('rejects the origin %j', (origin) => {
    expect(faultsOf(list(303, { redirectTo: [origin] })).map(({ location }) => location)).toEqual([
      at('303.redirectTo.0'),
    ]);
  });

  it('rejects origins where nothing redirects, and an origin twice', () => {
    expect(faultsOf(list(204, { redirectTo: [] }))).toEqual([
      { code: 'redirect-invalid', location: at('204.redirectTo') },
    ]);
    expect(faultsOf(list(303, { redirectTo: ['https://a.example.com', 'https://a.example.com'] }))).toEqual([
      { code: 'redirect-invalid', location: at('303.redirectTo.1') },
    ]);
  });

  it('rejects cookies beside idempotency, whose stored response would set an old one again', () => {
    const permission = { permission: 'note:write', idempotency: true };
    const cookies = { cookies: { session: { description: 'x' } } };
    const responses = { 204: { description: 'Fine' }, 201: { description: 'Made', ...cookies } };
    expect(faultsOf(withRoute({ ...permission, responses }))).toEqual([
      { code: 'idempotency-invalid', location: at('201.cookies') },
    ]);
  });
});
