import { describe, expect, it } from 'vitest';
import { checkClaims, clientOf } from '../../../lambdas/authorizer/claims.ts';
import { tokenIssuerOf } from './support/authorizer.ts';

describe('a subject or client with a character that begins another line or ends a string', () => {
  const rules = tokenIssuerOf('https://i.example');
  const now = 1_800_000_000;
  const good = { iss: rules.issuer, aud: 'documents', sub: 'u', iat: now, exp: now + 60 };
  const controls = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i), 0x2028, 0x2029];

  it('is rejected with its reason: each of the 67 characters, at each end and in the middle', () => {
    for (const control of controls.map((code) => String.fromCharCode(code)))
      for (const value of [`${control}a`, `a${control}b`, `a${control}`]) {
        expect(() => checkClaims({ ...good, sub: value }, rules, now)).toThrow('subject-invalid');
        expect(() => checkClaims({ ...good, client_id: value }, rules, now)).toThrow('client-invalid');
      }
    expect(controls).toHaveLength(67);
  });

  it('is accepted with any other character', () => {
    for (const sub of ['a b', 'é', '\u00a0', '日本', '😀', 'auth0|a:b/c@d.example', "o'x"])
      expect(() => checkClaims({ ...good, sub, client_id: sub }, rules, now)).not.toThrow();
  });
});

describe('proven claims', () => {
  const NOW = 1_800_000_000;
  const rules = tokenIssuerOf('https://i.example');
  const check = (change: Readonly<Record<string, unknown>>, more = {}) => {
    const good = { iss: 'https://i.example', aud: 'documents', sub: 'u', iat: NOW - 10, exp: NOW + 60 };
    try {
      checkClaims({ ...good, ...change } as Parameters<typeof checkClaims>[0], { ...rules, ...more }, NOW);
      return 'accepted';
    } catch (error) {
      return (error as { readonly reason?: string }).reason;
    }
  };

  it.each([
    ['accepted', {}],
    ['accepted', { sub: 's'.repeat(255) }],
    ['subject-invalid', { sub: 's'.repeat(256) }],
    ['subject-invalid', { sub: 7 }],
    // The access log writes it where there is none, so alarms would not count such a caller.
    ['subject-invalid', { sub: '-' }],
    ['client-invalid', { client_id: '-' }],
    ['accepted', { sub: '--', client_id: '-a' }],
    ['kind-rejected', { c_hash: 'x' }],
    ['kind-rejected', { nonce: 'x' }],
    ['kind-rejected', { nonce: 'x', typ: 'Other' }],
    ['kind-rejected', { nonce: 'x', typ: ['Bearer'] }],
    ['kind-rejected', { nonce: 'x', typ: 'Bearer', at_hash: 'x' }],
    ['kind-rejected', { nonce: 'x', typ: 'Bearer', token_use: 'id' }],
    ['accepted', { nonce: 'x', typ: 'Bearer' }],
    ['accepted', { nonce: 'x', typ: 'DPoP' }],
    ['accepted', { typ: 'Other' }],
    ['kind-rejected', { typ: 'ID' }],
    ['kind-rejected', { typ: 'Refresh' }],
    ['kind-rejected', { typ: 'Offline' }],
    ['kind-rejected', { typ: 'Logout' }],
    ['accepted', { token_use: 'access' }],
    ['accepted', { nbf: NOW + 5 }],
    ['not-yet-valid', { nbf: NOW + 6 }],
    ['accepted', { iat: NOW + 5 }],
    ['issued-in-future', { iat: NOW + 6 }],
    ['accepted', { iat: undefined, exp: NOW + 3600 }],
    ['lifetime-too-long', { iat: undefined, exp: NOW + 3601 }],
    ['accepted', { iat: NOW - 3000, exp: NOW + 600 }],
    ['lifetime-too-long', { iat: NOW - 3000, exp: NOW + 601 }],
    ['expired', { exp: NOW - 5 }],
    ['accepted', { exp: NOW - 4 }],
    ['audience-invalid', { aud: [] }],
  ])('are %s: %j', (outcome, change) => {
    expect(check(change)).toBe(outcome);
  });

  it('can be for one audience of several, and from one client of several', () => {
    expect(check({ aud: ['x', 'b'] }, { audience: ['a', 'b'] })).toBe('accepted');
    expect(check({ client_id: 'two' }, { clientIds: ['one', 'two'] })).toBe('accepted');
    expect(check({ client_id: ['two'] }, { clientIds: ['one', 'two'] })).toBe('client-invalid');
  });

  it('name a client only by an own string claim', () => {
    expect(clientOf({ client_id: 'acme' }, { clientClaim: 'client_id' })).toBe('acme');
    expect(clientOf({ client_id: ['acme'] }, { clientClaim: 'client_id' })).toBe('');
    expect(clientOf({}, { clientClaim: 'constructor' })).toBe('');
    expect(clientOf({ client_id: '\ud800' }, { clientClaim: 'client_id' })).toBe('');
  });
});
