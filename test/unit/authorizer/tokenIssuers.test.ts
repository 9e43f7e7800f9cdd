import { describe, expect, it } from 'vitest';
import { parseTokenIssuers } from '../../../lambdas/authorizer/tokenIssuers.ts';
import { tokenIssuerOf } from './support/authorizer.ts';

const keySet = tokenIssuerOf('https://i.example');
const { jwksUri: _uri, algorithms: _algorithms, ...common } = keySet;
const hmac = { ...common, hmacSecret: 'name-of-the-secret' };
const introspection = { endpoint: 'https://i.example/ask', clientId: 'api', clientSecret: 'name', cacheSeconds: 0 };
const asking = { ...common, introspection };
const parse = (...sources: unknown[]) => parseTokenIssuers(JSON.stringify(sources));
const fault = (location: string) => `configuration-invalid: SECURE_API_TOKEN_ISSUERS ${location}`;
/** The whole message. */
const told = (location: string) => expect.objectContaining({ message: fault(location) });

describe('the identity sources', () => {
  it.each([
    ['keys', keySet],
    ['a shared secret', hmac],
    ['introspection', asking],
    ['clients instead of an audience', { ...keySet, audience: undefined, clientIds: ['acme'] }],
    ['a use', { ...keySet, tokenUse: 'access' }],
    ['a required type', { ...keySet, requireType: true }],
    ['no required type', { ...keySet, requireType: false }],
    ['optional proofs', { ...keySet, dpop: 'optional' }],
    ['required proofs', { ...keySet, dpop: 'required' }],
    ['the least of every number', { ...keySet, maxLifetimeSeconds: 1, clockToleranceSeconds: 0, staleSeconds: 0 }],
    ['the largest tolerance', { ...keySet, clockToleranceSeconds: 300 }],
  ])('may have %s', (_what, source) => {
    expect(parse(source)).toEqual(JSON.parse(JSON.stringify([source])));
  });

  it('may be one of each kind', () => {
    expect(parse(keySet, hmac, asking, keySet)).toHaveLength(4);
  });

  it.each([
    [undefined, 'is not JSON'],
    ['', 'is not JSON'],
    ['{', 'is not JSON'],
    ['{}', 'is not a list of token issuers'],
    ['[]', 'is not a list of token issuers'],
    ['{"length":1}', 'is not a list of token issuers'],
  ])('are refused as %j', (text, location) => {
    expect(() => parseTokenIssuers(text)).toThrow(fault(location));
  });

  it.each([
    ['jwksUri or hmacSecret or introspection', common],
    ['jwksUri or hmacSecret or introspection', { ...keySet, ...hmac }],
    ['issuer', { ...keySet, issuer: '' }],
    ['issuer', { ...keySet, issuer: ['https://i.example'] }],
    ['audience', { ...keySet, audience: undefined }],
    ['audience', { ...keySet, audience: [] }],
    ['audience', { ...keySet, audience: 'documents' }],
    ['audience', { ...keySet, audience: ['documents', ''] }],
    ['clientIds', { ...keySet, clientIds: [] }],
    ['tokenUse', { ...keySet, tokenUse: 'id' }],
    ['requireType', { ...keySet, requireType: 'yes' }],
    ['dpop', { ...keySet, dpop: 'always' }],
    ['rolesClaim', { ...keySet, rolesClaim: '' }],
    ['tierClaim', { ...keySet, tierClaim: undefined }],
    ['clientClaim', { ...keySet, clientClaim: 7 }],
    ['maxLifetimeSeconds', { ...keySet, maxLifetimeSeconds: 0 }],
    ['maxLifetimeSeconds', { ...keySet, maxLifetimeSeconds: 60.5 }],
    ['maxLifetimeSeconds', { ...keySet, maxLifetimeSeconds: '60' }],
    ['clockToleranceSeconds', { ...keySet, clockToleranceSeconds: -1 }],
    ['clockToleranceSeconds', { ...keySet, clockToleranceSeconds: 301 }],
    ['jwksUri', { ...keySet, jwksUri: 'http://i.example/keys' }],
    ['jwksUri', { ...keySet, jwksUri: 'nonsense' }],
    ['jwksUri', { ...keySet, jwksUri: 7 }],
    ['algorithms', { ...keySet, algorithms: ['RS256', 'HS256'] }],
    ['algorithms', { ...keySet, algorithms: ['constructor'] }],
    ['staleSeconds', { ...keySet, staleSeconds: -1 }],
    ['hmacSecret', { ...hmac, hmacSecret: '' }],
    ['introspection.endpoint', { ...asking, introspection: null }],
    ['introspection.endpoint', { ...asking, introspection: { ...introspection, endpoint: 'http://i.example' } }],
    ['introspection.clientId', { ...asking, introspection: { ...introspection, clientId: '' } }],
    ['introspection.clientSecret', { ...asking, introspection: { ...introspection, clientSecret: '' } }],
    ['introspection.cacheSeconds', { ...asking, introspection: { ...introspection, cacheSeconds: -1 } }],
  ])('are refused for their field %j: %j', (field, source) => {
    expect(() => parse(source)).toThrow(told(`[0].${field} is invalid`));
    expect(() => parse(keySet, source)).toThrow(told(`[1].${field} is invalid`));
  });

  it.each([[null], ['text'], [[keySet]]])('are refused where they are no objects: %j', (source) => {
    expect(() => parse(keySet, source)).toThrow(told('[1] is not an object'));
  });

  it('are refused where two of them could be asked for an opaque token', () => {
    expect(() => parse(asking, asking)).toThrow(fault('has more than one issuer of opaque tokens'));
  });
});
