import { describe, expect, it } from 'vitest';
import { checkClaims, clientOf } from '../../../lambdas/authorizer/claims.ts';
import { isOfIssuer, isOfKind } from '../../../lambdas/authorizer/tokenKind.ts';
import type { TokenKind, TokenRules } from '../../../lib/definition/tokenIssuer.ts';
import { tokenIssuerOf } from './support/authorizer.ts';

const isKind = (kind: TokenKind | undefined, claims: object) => isOfKind(claims as never, { kind });

describe('the kind of a token', () => {
  it.each<readonly [string, TokenKind, object, boolean]>([
    ['a mark with its value', { claims: { token_use: ['access'] } }, { token_use: 'access' }, true],
    ['a mark with another value', { claims: { token_use: ['access'] } }, { token_use: 'other' }, false],
    ['a mark as a list', { claims: { typ: ['Bearer'] } }, { typ: ['Bearer'] }, false],
    ['no mark', { claims: { typ: ['Bearer'] } }, {}, false],
    ['a mark of the prototype', { claims: { toString: [] } }, {}, false],
    ['any value of a mark', { claims: { azp: [] } }, { azp: 'x' }, true],
    ['an empty value', { claims: { azp: [] } }, { azp: '' }, false],
    ['an empty list', { claims: { scp: [] } }, { scp: [] }, false],
    ['null', { claims: { scp: [] } }, { scp: null }, false],
    ['one of several marks', { oneOf: ['scp', 'roles'] }, { roles: ['x'] }, true],
    ['none of several marks', { oneOf: ['scp', 'roles'] }, { scp: '', roles: [] }, false],
    ['an ID token where they are accepted', { id: true }, { nonce: 'x', at_hash: 'x' }, true],
    ['a refresh token where ID tokens are accepted', { id: true }, { typ: 'Refresh' }, false],
  ])('is checked by %s', (_, kind, claims, accepted) => {
    expect(isKind(kind, claims)).toBe(accepted);
  });

  it('is that of an access token whatever the marks, unless ID tokens are accepted', () => {
    for (const claims of [{ nonce: 'x' }, { at_hash: 'x' }, { typ: 'ID' }, { token_use: 'id' }]) {
      expect(isKind({ oneOf: ['azp'] }, { ...claims, azp: 'x' })).toBe(false);
      expect(isKind({ id: true }, claims)).toBe(true);
    }
  });
});

describe('the issuer of several tenants', () => {
  const rules = { issuer: 'https://login.example/{tenantid}/v2.0', tenants: ['a', 'b'] };

  it.each<readonly [string, object, boolean]>([
    ['a listed one', { iss: 'https://login.example/b/v2.0', tid: 'b' }, true],
    ['one that is not listed', { iss: 'https://login.example/c/v2.0', tid: 'c' }, false],
    ['tid of another one', { iss: 'https://login.example/a/v2.0', tid: 'b' }, false],
    ['no tid', { iss: 'https://login.example/a/v2.0' }, false],
    ['a list as tid', { iss: 'https://login.example/a/v2.0', tid: ['a'] }, false],
    ['the template', { iss: rules.issuer, tid: 'a' }, false],
    ['another host', { iss: 'https://evil.example/a/v2.0', tid: 'a' }, false],
    ['more at the end', { iss: 'https://login.example/a/v2.0/', tid: 'a' }, false],
  ])('is accepted from tenants of the list: %s', (_, claims, accepted) => {
    expect(isOfIssuer(claims, rules)).toBe(accepted);
  });

  it('is one issuer without the list', () => {
    expect(isOfIssuer({ iss: 'https://a.example' }, { issuer: 'https://a.example' })).toBe(true);
    expect(isOfIssuer({ iss: 'https://b.example' }, { issuer: 'https://a.example' })).toBe(false);
  });
});

describe('required claims and the client', () => {
  const now = 1_800_000_000;
  const good = { iss: 'https://i.example', aud: 'documents', sub: 'u', iat: now, exp: now + 60 };
  const reasonOf = (requiredClaims: TokenRules['requiredClaims'], claims: object) => {
    try {
      checkClaims({ ...good, ...claims } as never, { ...tokenIssuerOf('https://i.example'), requiredClaims }, now);
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<readonly [object, string]>([
    [{ org: 'a', ok: true }, 'accepted'],
    [{ org: 'c', ok: true }, 'claim-rejected'],
    [{ org: ['a'], ok: true }, 'claim-rejected'],
    [{ org: 'a', ok: 'true' }, 'claim-rejected'],
    [{ org: 'a' }, 'claim-rejected'],
    [{ ok: true }, 'claim-rejected'],
  ])('%j is %s', (claims, reason) => {
    expect(reasonOf({ org: ['a', 'b'], ok: [true] }, claims)).toBe(reason);
  });

  it('the client is in the first of the claims that the token has', () => {
    const clientClaim = ['azp', 'client_id'];
    expect(clientOf({ azp: 'a', client_id: 'b' } as never, { clientClaim })).toBe('a');
    expect(clientOf({ client_id: 'b' }, { clientClaim })).toBe('b');
    // A claim that is there and no string is not replaced by the next.
    expect(clientOf({ azp: 7, client_id: 'b' } as never, { clientClaim })).toBe('');
    expect(clientOf({}, { clientClaim })).toBe('');
  });
});
