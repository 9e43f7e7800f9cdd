import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToken } from '../../../lambdas/authorizer/decodeToken.ts';
import { tokenVerifier } from '../../../lambdas/authorizer/verify.ts';
import { jsonFault } from '../../../lambdas/shared/json.ts';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer(['RS256']);
});
afterAll(() => issuer.close());

const none = { current: async () => '', previous: async () => undefined };
const verify = (token: string, change = {}) =>
  tokenVerifier([tokenIssuerOf(issuer.url, change)], { secrets: none })(token);
const signed = (header: Readonly<Record<string, unknown>> = {}) => issuer.sign(claimsOf(issuer.url), { header });
const encode = (text: string) => Buffer.from(text).toString('base64url');

/** A token of these texts, not signed: its form is refused before any key is asked for. */
const formed = (header: string, payload: string) => `${encode(header)}.${encode(payload)}.AA`;
const HEADER = '{"alg":"RS256","kid":"RS256"}';

describe('a token has one spelling', () => {
  it.each([0, 1, 2])('its part %i is refused when bits that nobody reads are set', async (part) => {
    const parts = (await signed()).split('.');
    // Whatever the length of a part, one of these paddings leaves unused bits in its last character.
    const spare = (parts[part] ?? '').length % 4;
    const text = spare === 0 ? `${parts[part]}AB` : respelled(parts[part] ?? '');
    const token = parts.map((other, index) => (index === part ? text : other)).join('.');
    await expect(verify(token)).rejects.toMatchObject({ reason: 'encoding-not-canonical' });
  });

  it('and its bytes are UTF-8', async () => {
    const payload = Buffer.from([...Buffer.from('{"sub":"'), 0xff, ...Buffer.from('"}')]).toString('base64url');
    await expect(verify(`${encode(HEADER)}.${payload}.AA`)).rejects.toMatchObject({ reason: 'token-malformed' });
  });

  it.each([
    ['header', '{"alg":"none","alg":"RS256","kid":"RS256"}', '{"iss":"x"}'],
    ['payload', HEADER, '{"iss":"x","sub":"a","sub":"b"}'],
    ['payload, the name escaped', HEADER, '{"iss":"x","sub":"a","s\\u0075b":"b"}'],
    ['payload, deep down', HEADER, '{"iss":"x","act":{"sub":"a","sub":"b"}}'],
  ])('and no name twice in its %s', async (_where, header, payload) => {
    await expect(verify(formed(header, payload))).rejects.toMatchObject({ reason: 'member-repeated' });
  });

  it.each([
    ['a name that reaches prototypes', HEADER, '{"iss":"x","__proto__":{"roles":["admin"]}}'],
    ['half a surrogate pair', HEADER, '{"iss":"x","sub":"\\ud800"}'],
    ['a number without end', HEADER, '{"iss":"x","big":1e999}'],
    ['seventeen levels', HEADER, `{"iss":"x","deep":${'['.repeat(16)}${']'.repeat(16)}}`],
  ])('and nothing that parsers read differently: %s', async (_what, header, payload) => {
    await expect(verify(formed(header, payload))).rejects.toMatchObject({ reason: 'token-malformed' });
  });

  it('may hold equal names in different objects', () => {
    expect(decodeToken(formed(HEADER, '{"a":{"n":1},"b":{"n":1},"c":[{"n":1},{"n":1}]}')).payload).toBeDefined();
    expect(jsonFault('["a","a",{"a":"a"}]', 4)).toBeUndefined();
  });
});

describe('a token inside another one is refused', () => {
  it('when it is encrypted', async () => {
    for (const token of ['aaaa.bbbb.cccc.dddd.eeee', 'aaaa..cccc.dddd.eeee']) {
      await expect(verify(token)).rejects.toMatchObject({ reason: 'token-encrypted' });
    }
  });

  it('when it is signed', async () => {
    await expect(verify(await signed({ cty: 'JWT' }))).rejects.toMatchObject({ reason: 'token-nested' });
  });
});

describe('a header', () => {
  it.each(['jku', 'jwk', 'x5u', 'x5c'])('that brings its own key by %s is refused', async (name) => {
    const values = {
      jku: 'https://evil.example/jwks',
      jwk: issuer.publicJwk('RS256'),
      x5u: 'https://evil.example',
      x5c: ['AA'],
    };
    const token = await signed({ [name]: values[name as keyof typeof values] });
    await expect(verify(token)).rejects.toMatchObject({ reason: 'key-header-rejected' });
  });

  it('whose own key would even verify is refused before the key is looked at', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const jwk = await exportJWK(publicKey);
    const token = await new SignJWT(claimsOf(issuer.url)).setProtectedHeader({ alg: 'EdDSA', jwk }).sign(privateKey);
    await expect(verify(token)).rejects.toMatchObject({ reason: 'key-header-rejected' });
  });

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('of type %s is the one of access tokens', async (typ) => {
    await expect(verify(await signed({ typ }), { requireType: true })).resolves.toBeDefined();
  });

  it.each([undefined, 'JWT', 'dpop+jwt', 7])('of type %j is refused where RFC 9068 is asked for', async (typ) => {
    await expect(verify(await signed({ typ }), { requireType: true })).rejects.toMatchObject({
      reason: 'type-rejected',
    });
  });

  it('may name the thumbprint of a certificate, as some issuers do', async () => {
    await expect(verify(await signed({ x5t: 'abc' }))).resolves.toBeDefined();
  });
});

/** The same bytes in another spelling: the last character with its lowest bit set. */
function respelled(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.at(-1) ?? '');
  return part.slice(0, -1) + (alphabet[last | 1] ?? '');
}
