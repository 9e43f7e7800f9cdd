import { describe, expect, it } from 'vitest';
import { withLocalUrls } from '../../gateway/localUrls.ts';

const names = [
  { name: 'api.example.com', isWhole: true },
  { name: '*.apps.example.com', isWhole: true },
  { name: 'shared.example.com', isWhole: false },
];
const seenAt = (host: string, name: string, value: string) =>
  withLocalUrls([[name, value]], { names, host, port: 8443 })[0]?.[1];

describe('a URL in a response header', () => {
  it.each([
    ['Location', 'https://api.example.com/a?b#c', 'https://api.example.com:8443/a?b#c'],
    ['location', 'https://API.example.com', 'https://API.example.com:8443'],
    ['Location', 'https://api.example.com:443/a', 'https://api.example.com:8443/a'],
    ['Content-Location', 'https://one.apps.example.com/a', 'https://one.apps.example.com:8443/a'],
    [
      'Link',
      '<https://api.example.com/a>; rel="next", <https://shared.example.com/v1>; rel="up"',
      '<https://api.example.com:8443/a>; rel="next", <https://shared.example.com:8443/v1>; rel="up"',
    ],
    [
      'WWW-Authenticate',
      'Bearer realm="a", resource_metadata="https://api.example.com/b"',
      'Bearer realm="a", resource_metadata="https://api.example.com:8443/b"',
    ],
  ])('has the port of the gateway where it is of the API: %s: %s', (name, value, expected) => {
    expect(seenAt('api.example.com:8443', name, value)).toBe(expected);
  });

  it.each([
    ['Location', 'https://api.example.com:9443/a'],
    ['Location', 'https://api.example.com.evil.example/a'],
    ['Location', 'https://api.example.com@evil.example/a'],
    ['Location', 'https://evil.example/?to=https://api.example.com/a'],
    ['Location', 'https://a.b.apps.example.com/a'],
    ['Location', 'http://api.example.com/a'],
    ['Location', '/a'],
    ['Link', '<https://other.example.com/a>; title="https://api.example.com-a"'],
    ['Access-Control-Allow-Origin', 'https://api.example.com'],
    ['X-Own', 'https://api.example.com/a'],
  ])('stays where it is of another host, or in another field: %s: %s', (name, value) => {
    for (const host of ['api.example.com:8443', 'localhost:8443']) expect(seenAt(host, name, value)).toBe(value);
  });

  it('has the host that a client of this machine called, which cannot resolve the name', () => {
    expect(seenAt('localhost:8443', 'Location', 'https://api.example.com/a')).toBe('https://localhost:8443/a');
    expect(seenAt('127.0.0.1:8443', 'Location', 'https://api.example.com/a')).toBe('https://127.0.0.1:8443/a');
    expect(seenAt('localhost:8443', 'Location', 'https://shared.example.com/v1')).toBe(
      'https://shared.example.com:8443/v1',
    );
  });
});
