import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTarget } from '../../../../lambdas/authorizer/binding/dpopProof.ts';
import type { AuthorizerEvent } from '../../../../lambdas/authorizer/event.ts';
import { eventOf } from '../support/authorizer.ts';

describe('the target of a proof', () => {
  const at = { requestContext: { domainName: 'api.example', path: '/prod/a%20b' }, path: '/a%20b' };
  const targets = (htu: string, change: Partial<AuthorizerEvent> = at) =>
    isTarget(htu, { ...eventOf(undefined), ...change });

  it.each([
    ['https://api.example/prod/a%20b', true],
    ['https://api.example/a%20b', true],
    ['https://API.example:443/a b?query#fragment', true],
    ['https://api.example/a%2Fb', false],
    ['https://api.example/', false],
    ['https://api.example:444/a%20b', false],
    ['https://other.example/a%20b', false],
    ['http://api.example/a%20b', false],
    ['/a%20b', false],
    ['', false],
  ])('%s is the URL of the request: %s', (htu, is) => {
    expect(targets(htu)).toBe(is);
  });

  it.each([
    ['the path with the base path', '/v1/things'],
    ['the path without it', '/things'],
  ])('on a shared domain is below the base path, where an event has %s', (_, path) => {
    const event = { ...eventOf(undefined), path, requestContext: { domainName: 'api.example', path } };
    const isOf = (htu: string) => isTarget(htu, event, { SECURE_API_BASE_PATH: 'v1' });
    expect(isOf('https://api.example/v1/things')).toBe(true);
    expect(isOf('https://api.example/things')).toBe(false);
    expect(isOf('https://api.example/v2/things')).toBe(false);
  });

  it('matches nothing if the event has no host or path', () => {
    expect(targets('https://undefined/a', { path: '/a' })).toBe(false);
    expect(targets('https://undefined/a', { path: '/a', requestContext: undefined })).toBe(false);
    expect(targets('', { path: '/a', requestContext: undefined })).toBe(false);
    expect(targets('https://api.exampleundefined/', { requestContext: { domainName: 'api.example' } })).toBe(false);
    expect(targets('nonsense', { path: '%', requestContext: { domainName: ' ' } })).toBe(false);
  });

  const isAt = (htu: string, path: string) =>
    targets(`https://api.example${htu}`, { path, requestContext: { domainName: 'api.example', path } });

  it.each([
    ['/%252F', '/%2F', false],
    ['/%2F', '/%252F', false],
    ['/%2F', '//', false],
    ['/%252F', '/%252f', false],
    ['/%2f', '/%2F', true],
    ['/%25%32%46', '/%252F', true],
    ['/%7E%61%2D%5F%2e', '/~a-_.', true],
    ['/a%21', '/a!', false],
    ['/a%3A%40', '/a:@', false],
    ['/a%3b', '/a;', false],
    ['/a%25', '/a%', false],
    ['/%zz', '/%zz', false],
    ['/%ff', '/%FF', true],
    ['/%C3%BC', '/%c3%bc', true],
    ['/%C0%AF', '/', false],
    ['/a/../b', '/b', true],
    ['/a/%2E%2e/b', '/b', true],
    ['/a/%252E%252E/b', '/b', false],
    ['/a//b', '/a/b', false],
    ['', '/', true],
    ['?query', '/', true],
    ['/#fragment', '/', true],
    ['/a/', '/a', false],
    ['/A', '/a', false],
    ['\\a', '/a', false],
    ['/a\\b', '/a/b', false],
    ['/a\tb', '/ab', false],
    ['/a\n', '/a', false],
    ['/a ', '/a', false],
    [':443/a', '/a', true],
    [':/a', '/a', true],
    [':0443/a', '/a', true],
    [':444/a', '/a', false],
    ['.evil.example/a', '/a', false],
    ['@evil.example/a', '/a', false],
  ])('%j is the path %j: %s', (htu, path, is) => {
    expect(isAt(htu, path)).toBe(is);
  });

  it.each([
    'https:api.example/a',
    'https:/api.example/a',
    'https:///api.example/a',
    '//api.example/a',
    ' https://api.example/a',
    'https://user@api.example/a',
    'https://@api.example/a',
    'https://user:password@api.example/a',
    'https://api.example\\@evil.example/a',
    'https://evil.example\\@api.example/a',
    'https://evil.example#@api.example/a',
    'https://api.example./a',
    'https://api.exa\tmple/a',
    'wss://api.example/a',
  ])('is not %j', (htu) => {
    expect(targets(htu, { path: '/a', requestContext: { domainName: 'api.example', path: '/a' } })).toBe(false);
  });

  it('is compared octet by octet: encoding decides for all 256, and an encoded percent sign never does (256 octets)', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      const encoded = `%${octet.toString(16).padStart(2, '0')}`;
      const raw = String.fromCharCode(octet);
      expect(isAt(`/x${encoded}`, `/x${encoded.toUpperCase()}`), encoded).toBe(true);
      expect(isAt(`/x%25${encoded.slice(1)}`, `/x${encoded}`), encoded).toBe(false);
      if (/[!$&'()*+,/:;=@[\]?#]/.test(raw)) expect(isAt(`/x${encoded}`, `/x${raw}`), encoded).toBe(false);
      if (/[\w.~-]/.test(raw)) expect(isAt(`/x${encoded}`, `/x${raw}`), encoded).toBe(true);
    }
  });

  it('is the same for any encoding of unreserved characters, and another one with one more level (2,000 paths)', () => {
    const part = fc.stringMatching(/^[\w~-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean(), (parts, upper) => {
        const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(2, '0');
        const encode = (text: string) =>
          text.replaceAll(/./g, (character) => `%${upper ? hex(character).toUpperCase() : hex(character)}`);
        const path = `/${parts.join('/')}`;
        const encoded = `/${parts.map(encode).join('/')}`;
        expect(isAt(encoded, path)).toBe(true);
        expect(isAt(encoded.replaceAll('%', '%25'), path)).toBe(false);
        expect(isAt(encoded.replaceAll('%', '%25'), encoded)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});
