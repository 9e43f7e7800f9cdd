import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { tokenVerifier } from './support/tokenVerifier.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer(['RS256']);
});

afterAll(() => issuer.close());

const none = { current: async () => '', previous: async () => undefined };

const verify = (token: string, change = {}) =>
  tokenVerifier([tokenIssuerOf(issuer.url, change)], { secrets: none })(token);

const signed = (header: Readonly<Record<string, unknown>> = {}) => issuer.sign(claimsOf(issuer.url), { header });

describe('a header', () => {
  it.each(['jku', 'jwk', 'x5u', 'x5c'])('that contains its own key as %s is rejected', async (name) => {
    const values = {
      jku: 'https://evil.example/jwks',
      jwk: issuer.publicJwk('RS256'),
      x5u: 'https://evil.example',
      x5c: ['AA'],
    };
    const token = await signed({ [name]: values[name as keyof typeof values] });
    await expect(verify(token)).rejects.toMatchObject({ reason: 'key-header-rejected' });
  });

  it.each([
    { b64: false },
    { b64: true },
    { crit: ['b64'], b64: false },
    { crit: ['exp'] },
    { crit: [] },
    { crit: null },
  ])('that changes how the token is read is rejected: %j', async (change) => {
    const token = await signed();
    const [header = '', ...rest] = token.split('.');
    const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...change };
    const forged = [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.');
    await expect(verify(forged)).rejects.toMatchObject({ reason: 'critical-header-rejected' });
  });

  it('whose own key would verify it is rejected before the key is read', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const jwk = await exportJWK(publicKey);
    const token = await new SignJWT(claimsOf(issuer.url)).setProtectedHeader({ alg: 'EdDSA', jwk }).sign(privateKey);
    await expect(verify(token)).rejects.toMatchObject({ reason: 'key-header-rejected' });
  });

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('of type %s is the one of access tokens', async (typ) => {
    await expect(verify(await signed({ typ }), { requireType: true })).resolves.toBeDefined();
  });

  it.each([undefined, 'JWT', 'dpop+jwt', 7])('of type %j is rejected if RFC 9068 is required', async (typ) => {
    await expect(verify(await signed({ typ }), { requireType: true })).rejects.toMatchObject({
      reason: 'type-rejected',
    });
  });

  it('can name the thumbprint of a certificate, as some issuers do', async () => {
    await expect(verify(await signed({ x5t: 'abc' }))).resolves.toBeDefined();
  });
});
