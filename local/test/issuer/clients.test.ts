import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowedRedirect, isLoopbackRedirect } from '../../services/issuer/clients.ts';
import { sampleTokenSettings } from '../support/issuer.ts';

const LOOPBACK = [
  'http://localhost',
  'http://localhost/',
  'http://localhost:1/callback',
  'http://localhost:80/callback',
  'https://localhost:443/callback',
  'https://localhost:65535/a/b?state=1&x=%2F',
  'http://127.0.0.1:3000/callback',
  'http://[::1]:8080/callback',
  "http://[::1]/a-._~!$&'()*+,;=:@b?c/d?e",
];

const ELSEWHERE: readonly (readonly [string, string])[] = [
  ['a backslash before userinfo', 'http://localhost:1\\@evil.example/'],
  ['a backslash', 'http://localhost:1/\\evil.example'],
  ['an encoded user name', 'http://localhost%40evil.example/'],
  ['a user name', 'http://localhost@evil.example/'],
  ['an empty user name', 'http://@localhost/'],
  ['a user name before this machine', 'http://evil.example@localhost/'],
  ['a password', 'http://localhost:1@evil.example/'],
  ['a fragment', 'http://localhost/#a'],
  ['an empty fragment', 'http://localhost/#'],
  ['a tab in the host', 'http://local\thost/'],
  ['a line break', 'http://localhost/\r\nset-cookie:a=b'],
  ['a leading space', ' http://localhost/'],
  ['a trailing space', 'http://localhost/ '],
  ['a NUL', 'http://localhost/\0'],
  ['no slashes', 'http:localhost/'],
  ['one slash', 'http:/localhost/'],
  ['three slashes', 'http:///localhost/'],
  ['backslashes for slashes', 'http:\\\\localhost/'],
  ['no scheme', '//localhost/'],
  ['the scheme in capitals', 'HTTP://localhost/'],
  ['another scheme', 'javascript://localhost/%0aalert(1)'],
  ['a scheme of an app', 'com.example.app://localhost/'],
  ['the name in capitals', 'http://LOCALHOST/'],
  ['the root dot', 'http://localhost./'],
  ['a longer name', 'http://localhost.evil.example/'],
  ['a name that ends alike', 'http://evil-localhost/'],
  ['a percent-encoded name', 'http://%6cocalhost/'],
  ['full-width letters', 'http://ｌocalhost/'],
  ['full-width dots', 'http://127。0。0。1/'],
  ['a soft hyphen', 'http://local\u00adhost/'],
  ['a short address', 'http://127.1/'],
  ['a hexadecimal address', 'http://0x7f.1/'],
  ['an octal address', 'http://0177.0.0.1/'],
  ['a decimal address', 'http://2130706433/'],
  ['another address of this machine', 'http://127.0.0.2/'],
  ['every address', 'http://0.0.0.0/'],
  ['a mapped address', 'http://[::ffff:127.0.0.1]/'],
  ['a long IPv6 address', 'http://[0:0:0:0:0:0:0:1]/'],
  ['an address with a zone', 'http://[::1%25lo]/'],
  ['an IPv6 address without brackets', 'http://::1/'],
  ['an empty port', 'http://localhost:/'],
  ['port 0', 'http://localhost:0/'],
  ['a port with a leading zero', 'http://localhost:08080/'],
  ['a port that is too large', 'http://localhost:65536/'],
  ['a port that is no number', 'http://localhost:80a/'],
  ['dot segments', 'http://localhost/a/../b'],
  ['encoded dot segments', 'http://localhost/a/%2e%2e/b'],
  ['a character that is not encoded', 'http://localhost/ü'],
  ['a broken encoding', 'http://localhost/%zz'],
  ['a quote', 'http://localhost/"'],
  ['nothing', ''],
];

describe('a redirect', () => {
  it.each(LOOPBACK)('to this machine is allowed with any port and path: %s', (uri) => {
    expect(isLoopbackRedirect(uri)).toBe(true);
    expect(isAllowedRedirect('local-app', uri, sampleTokenSettings())).toBe(true);
  });

  it.each(ELSEWHERE)('with %s is rejected', (_what, uri) => {
    expect(isLoopbackRedirect(uri)).toBe(false);
    expect(isAllowedRedirect('local-app', uri, sampleTokenSettings())).toBe(false);
  });

  it('elsewhere is allowed only as the stack registers it, character by character', () => {
    const uri = 'https://app.example/callback';
    const client = { id: 'app', isPublic: true, flows: ['code'], scopes: [], introspects: false } as const;
    const settings = sampleTokenSettings({ clients: [{ ...client, redirectUris: [uri] }] });
    expect(isAllowedRedirect('app', uri, settings)).toBe(true);
    for (const other of [`${uri}/`, `${uri}?a=1`, `${uri}#`, uri.toUpperCase(), 'https://app.example:443/callback']) {
      expect(isAllowedRedirect('app', other, settings)).toBe(false);
    }
    expect(isAllowedRedirect('local-app', uri, settings)).toBe(false);
    expect(isAllowedRedirect('machine', 'http://localhost/', settings)).toBe(false);
  });

  it('that is allowed means the same to every parser (20,000 changed URIs)', () => {
    const odd = fc.constantFrom(
      '\\',
      '@',
      '#',
      '%',
      ':',
      '/',
      '//',
      '.',
      '..',
      '\t',
      '\n',
      '\0',
      ' ',
      '[',
      ']',
      '%40',
      'ü',
    );
    const change = fc.record({ uri: fc.constantFrom(...LOOPBACK), at: fc.nat(40), cut: fc.nat(3), odd });
    let allowed = 0;
    fc.assert(
      fc.property(change, (made) => {
        const uri = `${made.uri.slice(0, made.at)}${made.odd}${made.uri.slice(made.at + made.cut)}`;
        if (!isLoopbackRedirect(uri)) return;
        allowed += 1;
        // What RFC 3986, appendix B, calls the authority, and what the WHATWG parser makes of the string.
        const authority = /^https?:\/\/([^/?#]*)/.exec(uri)?.[1] ?? '';
        expect(authority).toMatch(/^(?:localhost|127\.0\.0\.1|\[::1\])(?::[1-9]\d{0,4})?$/);
        expect(['localhost', '127.0.0.1', '[::1]']).toContain(new URL(uri).hostname);
        expect(uri).toMatch(/^[!$&-;=?@A-Z_a-z~%[\]]+$/);
      }),
      { numRuns: 20_000 },
    );
    expect(allowed).toBeGreaterThan(100);
  });
});
