import { describe, expect, it } from 'vitest';
import { AuthorizerFault } from '../../../lambdas/authorizer/reasons.ts';
import { parseTokenIssuers } from '../../../lambdas/authorizer/tokenIssuers.ts';
import { tokenIssuerOf } from './support/authorizer.ts';

type Change = Readonly<Record<string, unknown>>;

/** Rules of a roles claim that the construct does not write. */
const ROLE_RULES: readonly unknown[] = [
  ...[undefined, null, '', 'roles', [], {}, { claim: '' }, { claim: 7 }, { claim: ['roles'] }],
  ...['', true, 7].map((separator) => ({ claim: 'roles', separator })),
  ...[{}, [], [['a']], [['a', 'editor']], [['', ['editor']]], [['a', []]], [['a', [7]]]].map((map) => ({
    claim: 'roles',
    map,
  })),
  ...[[], [''], '1'].map((organizations) => ({ claim: 'roles', organizations })),
];
const keySetIssuer = (change: Change = {}) => ({ ...tokenIssuerOf('https://issuer.example'), ...change });

const { jwksUri: _uri, algorithms: _algorithms, ...common } = tokenIssuerOf('https://issuer.example');

const hmacIssuer = (change: Change = {}) => ({ ...common, hmacSecret: 'tokens', ...change });

const INTROSPECTION = {
  endpoint: 'https://issuer.example/introspect',
  clientId: 'api',
  clientSecret: 'secret',
  cacheSeconds: 0,
};

const introspectionIssuer = (change: Change = {}) => ({ ...common, introspection: { ...INTROSPECTION, ...change } });

/** The fault that is found; undefined if there is none. */
function faultOf(issuers: unknown): string | undefined {
  try {
    const json = JSON.stringify(issuers);
    expect(parseTokenIssuers(json)).toEqual(JSON.parse(json));
    return undefined;
  } catch (error) {
    if (!(error instanceof AuthorizerFault)) throw error;
    expect(error.reason).toBe('configuration-invalid');
    return error.message.replace('configuration-invalid: SECURE_API_TOKEN_ISSUERS ', '');
  }
}

const parse = (...issuers: unknown[]) => parseTokenIssuers(JSON.stringify(issuers));

const fault = (location: string) => `configuration-invalid: SECURE_API_TOKEN_ISSUERS ${location}`;

/** An error with exactly this message. */
const invalid = (location: string) => expect.objectContaining({ message: fault(location) });

describe('the list of token issuers', () => {
  it.each([undefined, '', '[', 'no'])('is JSON: %s is not', (json) => {
    expect(() => parseTokenIssuers(json)).toThrow(
      new AuthorizerFault('configuration-invalid', new Error('SECURE_API_TOKEN_ISSUERS is not JSON')),
    );
  });

  it.each([{}, [], null, 7, 'text', { length: 1 }])('is not empty: %j is not one', (issuers) => {
    expect(faultOf(issuers)).toBe('is not a list of token issuers');
  });

  it.each([null, 7, 'text', true, [[]]])('has objects: %j is not one', (issuer) => {
    expect(faultOf([keySetIssuer(), issuer])).toBe('[1] is not an object');
  });

  it.each([
    ['none', common],
    ['two', hmacIssuer({ jwksUri: 'https://issuer.example/jwks' })],
    ['all', { ...keySetIssuer(), ...hmacIssuer(), ...introspectionIssuer() }],
  ])('has each of exactly one kind, not of %s', (_what, issuer) => {
    expect(faultOf([issuer])).toBe('[0].jwksUri or hmacSecret or introspection is invalid');
  });

  it('can mix kinds, with several of one', () => {
    expect(
      faultOf([keySetIssuer(), keySetIssuer({ issuer: 'https://other.example' }), hmacIssuer(), introspectionIssuer()]),
    ).toBeUndefined();
  });

  it('has at most one with introspection, because the issuer of an opaque token is unknown', () => {
    expect(faultOf([introspectionIssuer(), keySetIssuer(), introspectionIssuer()])).toBe(
      'has more than one issuer of opaque tokens',
    );
  });

  it('is reported with the location of the fault', () => {
    expect(faultOf([keySetIssuer(), hmacIssuer({ issuer: '' })])).toBe('[1].issuer is invalid');
  });
});

describe('a token issuer', () => {
  it.each<readonly [string, readonly unknown[]]>([
    ['audience', [['a'], ['a', 'b']]],
    ['clientIds', [undefined, ['app'], ['app', 'other']]],
    ['kind', [undefined, {}, { id: true }, { claims: { token_use: ['access'], azp: [] } }, { oneOf: ['scp'] }]],
    ['tenants', [undefined, ['a']]],
    ['requiredClaims', [undefined, { email_verified: [true], hd: ['a.example'] }]],
    ['clientClaim', ['azp', ['azp', 'client_id']]],
    ['requireType', [undefined, true, false]],
    ['stringClaims', [undefined, true]],
    ['dpop', [undefined, 'optional', 'required']],
    ['maxLifetimeSeconds', [1, 3600, Number.MAX_SAFE_INTEGER]],
    ['clockToleranceSeconds', [0, 300]],
    ['algorithms', [['RS256'], ['ES256', 'EdDSA']]],
    ['staleSeconds', [undefined, 0, 1, Number.MAX_SAFE_INTEGER]],
  ])('can have as %s each of %j', (field, values) => {
    for (const value of values) expect(faultOf([keySetIssuer({ [field]: value })])).toBeUndefined();
  });

  const strings = [undefined, null, '', 7, true, ['a'], {}];
  const lists = [null, '', 'a', 7, [], [''], ['a', 7], ['a', ''], {}, { length: 1 }];
  const numbers = [undefined, null, '60', 1.5, -1, Number.MAX_SAFE_INTEGER + 1, [60]];
  const urls = [...strings, 'nonsense', 'http://issuer.example/jwks', ['https://issuer.example/jwks']];

  it.each<readonly [string, readonly unknown[]]>([
    ['issuer', strings],
    ['roles', ROLE_RULES],
    ['tierClaim', strings],
    ['clientClaim', [undefined, null, '', 7, true, [], [''], {}]],
    ['audience', [undefined, ...lists]],
    ['clientIds', lists],
    [
      'kind',
      [null, '', [], { id: false }, { claims: [] }, { claims: { a: 'b' } }, { claims: { a: [7] } }, { oneOf: [] }],
    ],
    ['tenants', lists],
    ['requiredClaims', [null, '', [], { a: [] }, { a: 'b' }, { a: [7] }]],
    ['requireType', [null, 'true', 1]],
    ['stringClaims', [null, false, 'true', 1]],
    ['dpop', [null, '', 'never', true]],
    ['maxLifetimeSeconds', [...numbers, 0]],
    ['clockToleranceSeconds', [...numbers, 301]],
    ['jwksUri', urls.slice(1)],
    ['algorithms', [undefined, ...lists, ['none'], ['RS256', 'none'], ['toString'], ['HS256']]],
    ['staleSeconds', numbers.slice(1)],
  ])('cannot have as %s any of %j', (field, values) => {
    for (const value of values)
      expect([value, faultOf([keySetIssuer({ [field]: value })])]).toEqual([value, `[0].${field} is invalid`]);
  });

  it('needs no audience if it names clients, but a given one must be valid', () => {
    expect(faultOf([keySetIssuer({ audience: undefined, clientIds: ['app'] })])).toBeUndefined();
    expect(faultOf([keySetIssuer({ audience: [], clientIds: ['app'] })])).toBe('[0].audience is invalid');
  });

  it.each(strings.slice(1))('of a shared secret names it: %j does not', (hmacSecret) => {
    expect(faultOf([hmacIssuer({ hmacSecret })])).toBe('[0].hmacSecret is invalid');
  });

  it('of a shared secret or of opaque tokens is checked in the common fields, too', () => {
    expect(faultOf([hmacIssuer({ clockToleranceSeconds: 301 })])).toBe('[0].clockToleranceSeconds is invalid');
    expect(faultOf([{ ...introspectionIssuer(), dpop: 'never' }])).toBe('[0].dpop is invalid');
  });

  it.each<readonly [string, readonly unknown[]]>([
    ['endpoint', urls],
    ['clientId', strings],
    ['clientSecret', strings],
    ['cacheSeconds', numbers],
  ])('of opaque tokens cannot have as %s any of %j', (field, values) => {
    for (const value of values) {
      expect([value, faultOf([introspectionIssuer({ [field]: value })])]).toEqual([
        value,
        `[0].introspection.${field} is invalid`,
      ]);
    }
  });

  it.each([0, 1, Number.MAX_SAFE_INTEGER])('of opaque tokens can cache a response for %i seconds', (cacheSeconds) => {
    expect(faultOf([introspectionIssuer({ cacheSeconds })])).toBeUndefined();
  });

  it.each([null, 7, 'text', []])('of opaque tokens names an endpoint: %j does not', (introspection) => {
    expect(faultOf([{ ...common, introspection }])).toBe('[0].introspection.endpoint is invalid');
  });
});

describe('token issuers', () => {
  it.each([
    ['keys', keySetIssuer()],
    ['a shared secret', hmacIssuer()],
    ['introspection', introspectionIssuer()],
    ['clients instead of an audience', { ...keySetIssuer(), audience: undefined, clientIds: ['acme'] }],
    ['a kind', { ...keySetIssuer(), kind: { claims: { token_use: ['access'] } } }],
    ['a required type', { ...keySetIssuer(), requireType: true }],
    ['no required type', { ...keySetIssuer(), requireType: false }],
    ['optional proofs', { ...keySetIssuer(), dpop: 'optional' }],
    ['required proofs', { ...keySetIssuer(), dpop: 'required' }],
    [
      'the least of every number',
      { ...keySetIssuer(), maxLifetimeSeconds: 1, clockToleranceSeconds: 0, staleSeconds: 0 },
    ],
    ['the largest tolerance', { ...keySetIssuer(), clockToleranceSeconds: 300 }],
  ])('can have %s', (_what, issuer) => {
    expect(parse(issuer)).toEqual(JSON.parse(JSON.stringify([issuer])));
  });

  it('can be of each kind', () => {
    expect(parse(keySetIssuer(), hmacIssuer(), introspectionIssuer(), keySetIssuer())).toHaveLength(4);
  });

  it.each([
    [undefined, 'is not JSON'],
    ['', 'is not JSON'],
    ['{', 'is not JSON'],
    ['{}', 'is not a list of token issuers'],
    ['[]', 'is not a list of token issuers'],
    ['{"length":1}', 'is not a list of token issuers'],
  ])('are rejected as %j', (json, location) => {
    expect(() => parseTokenIssuers(json)).toThrow(fault(location));
  });

  it.each([
    ['jwksUri or hmacSecret or introspection', common],
    ['jwksUri or hmacSecret or introspection', { ...keySetIssuer(), ...hmacIssuer() }],
    ['issuer', { ...keySetIssuer(), issuer: '' }],
    ['issuer', { ...keySetIssuer(), issuer: ['https://i.example'] }],
    ['audience', { ...keySetIssuer(), audience: undefined }],
    ['audience', { ...keySetIssuer(), audience: [] }],
    ['audience', { ...keySetIssuer(), audience: 'documents' }],
    ['audience', { ...keySetIssuer(), audience: ['documents', ''] }],
    ['clientIds', { ...keySetIssuer(), clientIds: [] }],
    ['kind', { ...keySetIssuer(), kind: 'id' }],
    ['requireType', { ...keySetIssuer(), requireType: 'yes' }],
    ['dpop', { ...keySetIssuer(), dpop: 'always' }],
    ['roles', { ...keySetIssuer(), roles: { claim: '' } }],
    ['tierClaim', { ...keySetIssuer(), tierClaim: undefined }],
    ['clientClaim', { ...keySetIssuer(), clientClaim: 7 }],
    ['maxLifetimeSeconds', { ...keySetIssuer(), maxLifetimeSeconds: 0 }],
    ['maxLifetimeSeconds', { ...keySetIssuer(), maxLifetimeSeconds: 60.5 }],
    ['maxLifetimeSeconds', { ...keySetIssuer(), maxLifetimeSeconds: '60' }],
    ['clockToleranceSeconds', { ...keySetIssuer(), clockToleranceSeconds: -1 }],
    ['clockToleranceSeconds', { ...keySetIssuer(), clockToleranceSeconds: 301 }],
    ['jwksUri', { ...keySetIssuer(), jwksUri: 'http://i.example/keys' }],
    ['jwksUri', { ...keySetIssuer(), jwksUri: 'nonsense' }],
    ['jwksUri', { ...keySetIssuer(), jwksUri: 7 }],
    ['algorithms', { ...keySetIssuer(), algorithms: ['RS256', 'HS256'] }],
    ['algorithms', { ...keySetIssuer(), algorithms: ['constructor'] }],
    ['staleSeconds', { ...keySetIssuer(), staleSeconds: -1 }],
    ['hmacSecret', { ...hmacIssuer(), hmacSecret: '' }],
    ['introspection.endpoint', { ...introspectionIssuer(), introspection: null }],
    [
      'introspection.endpoint',
      { ...introspectionIssuer(), introspection: { ...INTROSPECTION, endpoint: 'http://i.example' } },
    ],
    ['introspection.clientId', { ...introspectionIssuer(), introspection: { ...INTROSPECTION, clientId: '' } }],
    ['introspection.clientSecret', { ...introspectionIssuer(), introspection: { ...INTROSPECTION, clientSecret: '' } }],
    ['introspection.cacheSeconds', { ...introspectionIssuer(), introspection: { ...INTROSPECTION, cacheSeconds: -1 } }],
  ])('are rejected for their field %j: %j', (field, issuer) => {
    expect(() => parse(issuer)).toThrow(invalid(`[0].${field} is invalid`));
    expect(() => parse(keySetIssuer(), issuer)).toThrow(invalid(`[1].${field} is invalid`));
  });

  it.each([[null], ['text'], [[keySetIssuer()]]])('are rejected if they are not objects: %j', (issuer) => {
    expect(() => parse(keySetIssuer(), issuer)).toThrow(invalid('[1] is not an object'));
  });

  it('are rejected if two of them have introspection', () => {
    expect(() => parse(introspectionIssuer(), introspectionIssuer())).toThrow(
      fault('has more than one issuer of opaque tokens'),
    );
  });
});
