import { describe, expect, it } from 'vitest';
import { AuthorizerFault } from '../../../lambdas/authorizer/reasons.ts';
import { parseTokenIssuers } from '../../../lambdas/authorizer/tokenIssuers.ts';
import { tokenIssuerOf } from './support/authorizer.ts';

type Change = Readonly<Record<string, unknown>>;

const keySet = (change: Change = {}) => ({ ...tokenIssuerOf('https://issuer.example'), ...change });
const { jwksUri: _uri, algorithms: _algorithms, ...common } = tokenIssuerOf('https://issuer.example');
const shared = (change: Change = {}) => ({ ...common, hmacSecret: 'tokens', ...change });
const ASKED = { endpoint: 'https://issuer.example/ask', clientId: 'api', clientSecret: 'asking', cacheSeconds: 0 };
const asking = (change: Change = {}) => ({ ...common, introspection: { ...ASKED, ...change } });

/** What is said of a text or of sources; undefined where they are right. */
function said(sources: unknown): string | undefined {
  try {
    const text = JSON.stringify(sources);
    expect(parseTokenIssuers(text)).toEqual(JSON.parse(text));
    return undefined;
  } catch (error) {
    if (!(error instanceof AuthorizerFault)) throw error;
    expect(error.reason).toBe('configuration-invalid');
    return error.message.replace('configuration-invalid: SECURE_API_TOKEN_ISSUERS ', '');
  }
}

describe('the identity sources as a whole', () => {
  it.each([undefined, '', '[', 'no'])('are JSON: %s is not', (text) => {
    expect(() => parseTokenIssuers(text)).toThrow(
      new AuthorizerFault('configuration-invalid', new Error('SECURE_API_TOKEN_ISSUERS is not JSON')),
    );
  });

  it.each([{}, [], null, 7, 'text', { length: 1 }])('are a list with something in it: %j is not', (sources) => {
    expect(said(sources)).toBe('is not a list of token issuers');
  });

  it.each([null, 7, 'text', true, [[]]])('are objects: %j is not', (source) => {
    expect(said([keySet(), source])).toBe('[1] is not an object');
  });

  it.each([
    ['none', common],
    ['two', shared({ jwksUri: 'https://issuer.example/jwks' })],
    ['all', { ...keySet(), ...shared(), ...asking() }],
  ])('are each of exactly one kind, not of %s', (_what, source) => {
    expect(said([source])).toBe('[0].jwksUri or hmacSecret or introspection is invalid');
  });

  it('may be of every kind beside each other, and several of one', () => {
    expect(said([keySet(), keySet({ issuer: 'https://other.example' }), shared(), asking()])).toBeUndefined();
  });

  it('have one at most that is asked about opaque tokens, since nothing tells whose a token is', () => {
    expect(said([asking(), keySet(), asking()])).toBe('has more than one issuer of opaque tokens');
  });

  it('are named by their place where one is wrong', () => {
    expect(said([keySet(), shared({ issuer: '' })])).toBe('[1].issuer is invalid');
  });
});

describe('a source', () => {
  it.each<readonly [string, readonly unknown[]]>([
    ['audience', [['a'], ['a', 'b']]],
    ['clientIds', [undefined, ['app'], ['app', 'other']]],
    ['tokenUse', [undefined, 'access']],
    ['requireType', [undefined, true, false]],
    ['dpop', [undefined, 'optional', 'required']],
    ['maxLifetimeSeconds', [1, 3600, Number.MAX_SAFE_INTEGER]],
    ['clockToleranceSeconds', [0, 300]],
    ['algorithms', [['RS256'], ['ES256', 'EdDSA']]],
    ['staleSeconds', [undefined, 0, 1, Number.MAX_SAFE_INTEGER]],
  ])('may have as %s each of %j', (field, values) => {
    for (const value of values) expect(said([keySet({ [field]: value })])).toBeUndefined();
  });

  const strings = [undefined, null, '', 7, true, ['a'], {}];
  const lists = [null, '', 'a', 7, [], [''], ['a', 7], ['a', ''], {}, { length: 1 }];
  const numbers = [undefined, null, '60', 1.5, -1, Number.MAX_SAFE_INTEGER + 1, [60]];
  const urls = [...strings, 'nonsense', 'http://issuer.example/jwks', ['https://issuer.example/jwks']];

  it.each<readonly [string, readonly unknown[]]>([
    ['issuer', strings],
    ['rolesClaim', strings],
    ['tierClaim', strings],
    ['clientClaim', strings],
    ['audience', [undefined, ...lists]],
    ['clientIds', lists],
    ['tokenUse', [null, '', 'id', true]],
    ['requireType', [null, 'true', 1]],
    ['dpop', [null, '', 'never', true]],
    ['maxLifetimeSeconds', [...numbers, 0]],
    ['clockToleranceSeconds', [...numbers, 301]],
    ['jwksUri', urls.slice(1)],
    ['algorithms', [undefined, ...lists, ['none'], ['RS256', 'none'], ['toString'], ['HS256']]],
    ['staleSeconds', numbers.slice(1)],
  ])('may not have as %s any of %j', (field, values) => {
    for (const value of values)
      expect([value, said([keySet({ [field]: value })])]).toEqual([value, `[0].${field} is invalid`]);
  });

  it('needs no audience where it names clients, and a right one where it has one all the same', () => {
    expect(said([keySet({ audience: undefined, clientIds: ['app'] })])).toBeUndefined();
    expect(said([keySet({ audience: [], clientIds: ['app'] })])).toBe('[0].audience is invalid');
  });

  it.each(strings.slice(1))('of a shared secret names it: %j does not', (hmacSecret) => {
    expect(said([shared({ hmacSecret })])).toBe('[0].hmacSecret is invalid');
  });

  it('of a shared secret or of opaque tokens is as right or wrong in what all sources have', () => {
    expect(said([shared({ clockToleranceSeconds: 301 })])).toBe('[0].clockToleranceSeconds is invalid');
    expect(said([{ ...asking(), dpop: 'never' }])).toBe('[0].dpop is invalid');
  });

  it.each<readonly [string, readonly unknown[]]>([
    ['endpoint', urls],
    ['clientId', strings],
    ['clientSecret', strings],
    ['cacheSeconds', numbers],
  ])('of opaque tokens may not have as %s any of %j', (field, values) => {
    for (const value of values) {
      expect([value, said([asking({ [field]: value })])]).toEqual([value, `[0].introspection.${field} is invalid`]);
    }
  });

  it.each([0, 1, Number.MAX_SAFE_INTEGER])('of opaque tokens may keep an answer for %i seconds', (cacheSeconds) => {
    expect(said([asking({ cacheSeconds })])).toBeUndefined();
  });

  it.each([null, 7, 'text', []])('of opaque tokens says whom to ask: %j does not', (introspection) => {
    expect(said([{ ...common, introspection }])).toBe('[0].introspection.endpoint is invalid');
  });
});
