import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokenVerifier as directVerifier } from '../../../lambdas/authorizer/verify.ts';
import type { TokenIssuer } from '../../../lib/definition/tokenIssuer.ts';
import { ALGORITHMS, claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { tokenVerifier } from './support/tokenVerifier.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

const now = () => Math.floor(Date.now() / 1000);
const noSecrets = { current: async () => expect.fail('no secret is needed'), previous: async () => undefined };
const verifierOf = (...sources: TokenIssuer[]) => tokenVerifier(sources, { secrets: noSecrets });
const verify = (token: string, change = {}) => verifierOf(tokenIssuerOf(issuer.url, change))(token);
const signed = (change: Readonly<Record<string, unknown>> = {}, options = {}) =>
  issuer.sign(claimsOf(issuer.url, change), options);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a valid token', () => {
  it.each(ALGORITHMS)('signed with %s is accepted', async (kid) => {
    const { claims } = await verify(await signed({}, { kid }));
    expect(claims.sub).toBe('user-1');
  });

  it('can have the type of RFC 9068, and several audiences', async () => {
    const token = await signed({ aud: ['other', 'documents'] }, { header: { typ: 'at+jwt' } });
    await expect(verify(token)).resolves.toBeDefined();
  });

  it('can be accepted by its client instead of an audience', async () => {
    const change = { audience: undefined, clientIds: ['acme'], kind: { claims: { token_use: ['access'] } } };
    const token = await signed({ aud: undefined, token_use: 'access' });
    await expect(verify(token, change)).resolves.toBeDefined();
    await expect(verify(token, { ...change, clientIds: ['other'] })).rejects.toMatchObject({
      reason: 'client-invalid',
    });
  });

  it('is accepted by one of two entries that share an issuer', async () => {
    const both = [tokenIssuerOf(issuer.url, { audience: ['other'] }), tokenIssuerOf(issuer.url)];
    await expect(verifierOf(...both)(await signed())).resolves.toMatchObject({
      tokenIssuer: { audience: ['documents'] },
    });
  });
});

describe('a token whose keys are in memory', () => {
  it('is verified without a promise, known or new, so that a decision need not wait', async () => {
    const verifyKnown = directVerifier([tokenIssuerOf(issuer.url)], { secrets: noSecrets });
    const token = await signed();
    const { claims } = await verifyKnown(token);
    expect(verifyKnown(token)).toMatchObject({ claims });
    expect(verifyKnown(await signed({ sub: 'user-2' }))).toMatchObject({ claims: { sub: 'user-2' } });
  });
});

describe('an invalid token is rejected with its reason', () => {
  it.each([
    ['expired', { exp: now() - 60, iat: now() - 300 }],
    // The tolerance is five seconds, so this is the first second of rejection.
    ['expired', { exp: now() - 6, iat: now() - 300 }],
    ['expiry-missing', { exp: undefined }],
    ['not-yet-valid', { nbf: now() + 600 }],
    ['issued-in-future', { iat: now() + 600, exp: now() + 900 }],
    ['lifetime-too-long', { exp: now() + 86_400 }],
    ['lifetime-too-long', { exp: now() + 86_400, iat: undefined }],
    ['audience-invalid', { aud: 'other' }],
    ['audience-invalid', { aud: undefined }],
    ['issuer-unknown', { iss: 'https://evil.example' }],
    ['issuer-unknown', { iss: undefined }],
    ['subject-invalid', { sub: undefined }],
    ['subject-invalid', { sub: '' }],
    ['kind-rejected', { token_use: 'id' }],
    ['kind-rejected', { at_hash: 'x' }],
    ['kind-rejected', { nonce: 'x' }],
  ])('%s: %j', async (reason, change) => {
    await expect(verify(await signed(change))).rejects.toMatchObject({ reason });
  });

  it('an issuer is compared exactly, with its trailing slash', async () => {
    await expect(verify(await signed({ iss: `${issuer.url}/` }))).rejects.toMatchObject({ reason: 'issuer-unknown' });
  });

  it('an access token is needed if the issuer requires one', async () => {
    await expect(verify(await signed(), { kind: { claims: { token_use: ['access'] } } })).rejects.toMatchObject({
      reason: 'kind-rejected',
    });
  });

  it('an algorithm outside the list', async () => {
    const token = await signed({}, { kid: 'ES256' });
    await expect(verify(token, { algorithms: ['RS256'] })).rejects.toMatchObject({ reason: 'algorithm-rejected' });
  });

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('no signature, as alg %j', async (alg) => {
    const unsigned = `${encode({ alg, kid: 'RS256' })}.${encode(claimsOf(issuer.url))}.AA`;
    await expect(verify(unsigned)).rejects.toMatchObject({ reason: 'algorithm-rejected' });
  });

  it('a symmetric signature made with the public key', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(issuer.publicJwk('RS256')));
    const token = await new SignJWT(claimsOf(issuer.url))
      .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
      .sign(secret);
    await expect(verify(token)).rejects.toMatchObject({ reason: 'algorithm-rejected' });
  });

  it('a key of another algorithm', async () => {
    const token = await signed({}, { kid: 'RS256' });
    const [, payload] = token.split('.');
    const swapped = `${encode({ alg: 'ES256', kid: 'RS256' })}.${payload}.${'A'.repeat(86)}`;
    await expect(verify(swapped)).rejects.toMatchObject({ reason: 'key-unfit' });
  });

  it('a critical extension', async () => {
    const [, payload, signature] = (await signed()).split('.');
    const token = `${encode({ alg: 'RS256', kid: 'RS256', crit: ['b64'], b64: false })}.${payload}.${signature}`;
    await expect(verify(token)).rejects.toMatchObject({ reason: 'critical-header-rejected' });
  });

  it('a type that no access token has', async () => {
    await expect(verify(await signed({}, { header: { typ: 'logout+jwt' } }))).rejects.toMatchObject({
      reason: 'type-rejected',
    });
  });

  it.each(ALGORITHMS)('a changed payload or signature under %s', async (kid) => {
    const [header, payload = '', signature = ''] = (await signed({}, { kid })).split('.');
    const forged = encode(claimsOf(issuer.url, { roles: ['admin'] }));
    for (const token of [
      `${header}.${forged}.${signature}`,
      `${header}.${payload}.${Buffer.from(signature, 'base64url').subarray(6).toString('base64url')}`,
      `${header}.${payload}.${'A'.repeat(signature.length)}`,
      `${header}.${payload}.AA`,
    ]) {
      await expect(verify(token)).rejects.toMatchObject({ reason: 'signature-invalid' });
    }
  });

  it.each([
    'a.b',
    'AA.AA.AA',
    `${encode({ alg: 'RS256', kid: 7 })}.${encode({})}.AA`,
    `${encode([])}.${encode({})}.AA`,
    `${encode({ alg: 'RS256' })}.${encode('text')}.AA`,
  ])('garbage %s', async (token) => {
    await expect(verify(token)).rejects.toMatchObject({ reason: 'token-malformed' });
  });
});

describe('time', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['exp', 'expired', { iat: 1_800_000_000, exp: 1_800_000_300 }, 1_800_000_304.999, 1_800_000_305],
    [
      'nbf',
      'not-yet-valid',
      { iat: 1_800_000_000, nbf: 1_800_000_100, exp: 1_800_000_300 },
      1_800_000_095,
      1_800_000_094.999,
    ],
    ['iat', 'issued-in-future', { iat: 1_800_000_100, exp: 1_800_000_300 }, 1_800_000_095, 1_800_000_094.999],
  ])('of %s is exact to the tolerance of five seconds: %s', async (_claim, reason, change, good, bad) => {
    const token = await signed(change);
    const check = verifierOf(tokenIssuerOf(issuer.url));
    vi.useFakeTimers({ toFake: ['Date'], now: good * 1000 });
    await expect(check(token)).resolves.toBeDefined();
    vi.setSystemTime(bad * 1000);
    await expect(check(token)).rejects.toMatchObject({ reason });
  });

  it('of a token lasts at most as long as its issuer allows', async () => {
    const change = { iat: now(), exp: now() + 3600 };
    await expect(verify(await signed(change))).resolves.toBeDefined();
    await expect(verify(await signed({ ...change, exp: change.exp + 1 }))).rejects.toMatchObject({
      reason: 'lifetime-too-long',
    });
  });
});

describe('the keys of an issuer', () => {
  it('are fetched once for many tokens at once', async () => {
    const before = issuer.fetches();
    const check = verifierOf(tokenIssuerOf(issuer.url));
    const tokens = await Promise.all(Array.from({ length: 20 }, () => signed()));
    await Promise.all(tokens.map((token) => check(token)));
    expect(issuer.fetches()).toBe(before + 1);
  });

  it('are not fetched again for each unknown key id, which is rejected at once', async () => {
    const check = verifierOf(tokenIssuerOf(issuer.url));
    await check(await signed());
    const before = issuer.fetches();
    const start = Date.now();
    for (let i = 0; i < 20; i += 1) {
      const token = await signed({}, { header: { kid: `unknown-${i}` } });
      await expect(check(token)).rejects.toMatchObject({ reason: 'key-unknown' });
    }
    expect(issuer.fetches()).toBe(before);
    expect(Date.now() - start).toBeLessThan(2_000);
  });

  it('unreachable are an error on our side, and work again once they are back', async () => {
    const check = verifierOf(tokenIssuerOf(issuer.url));
    issuer.fail(true);
    await expect(check(await signed())).rejects.toMatchObject({ name: 'AuthorizerFault', reason: 'keys-unreachable' });
    issuer.fail(false);
    await expect(check(await signed())).resolves.toBeDefined();
  });

  it('are not fetched for a token that can never be valid', async () => {
    const check = verifierOf(tokenIssuerOf('https://localhost:1'));
    const token = `${encode({ alg: 'none' })}.${encode(claimsOf('https://localhost:1'))}.AA`;
    await expect(check(token)).rejects.toMatchObject({ reason: 'algorithm-rejected' });
  });
});
