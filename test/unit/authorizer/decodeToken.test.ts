import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToken, isCanonical } from '../../../lambdas/authorizer/decodeToken.ts';
import { jsonFault } from '../../../lambdas/shared/json.ts';
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

const encode = (value: string) => Buffer.from(value).toString('base64url');

/** An unsigned token of these strings: its form is rejected before any key is read. */
const formed = (header: string, payload: string) => `${encode(header)}.${encode(payload)}.AA`;

const HEADER = '{"alg":"RS256","kid":"RS256"}';

describe('a token has one encoding', () => {
  it.each([0, 1, 2])('its part %i is rejected if unused bits are set', async (part) => {
    const parts = (await signed()).split('.');
    // Whatever the length of a part, one of these paddings leaves unused bits in its last character.
    const spare = (parts[part] ?? '').length % 4;
    const changed = spare === 0 ? `${parts[part]}AB` : respelled(parts[part] ?? '');
    const token = parts.map((other, index) => (index === part ? changed : other)).join('.');
    await expect(verify(token)).rejects.toMatchObject({ reason: 'encoding-not-canonical' });
  });

  it('which is that of its bytes, for any characters', () => {
    const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...characters), { minLength: 1, maxLength: 12 }), (list) => {
        const encoded = list.join('');
        expect(isCanonical(encoded)).toBe(Buffer.from(encoded, 'base64url').toString('base64url') === encoded);
      }),
      { numRuns: 5_000 },
    );
  });

  it('and its bytes are UTF-8', async () => {
    const payload = Buffer.from([...Buffer.from('{"sub":"'), 0xff, ...Buffer.from('"}')]).toString('base64url');
    await expect(verify(`${encode(HEADER)}.${payload}.AA`)).rejects.toMatchObject({ reason: 'token-malformed' });
  });

  it.each([[[0xff]], [[0xe2, 0x82]], [[0xf0, 0x9f, 0x98]]])(
    'and what is not UTF-8 (%j) leaves nothing for the next token',
    async (bytes) => {
      const cut = Buffer.from([...Buffer.from('{"sub":"'), ...bytes]).toString('base64url');
      const token = await signed();
      await expect(verify(`${encode(HEADER)}.${cut}.AA`)).rejects.toMatchObject({ reason: 'token-malformed' });
      expect(decodeToken(token).payload).toMatchObject({ sub: 'user-1' });
      await expect(verify(token)).resolves.toMatchObject({ claims: { sub: 'user-1' } });
    },
  );

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

  it('can have equal names in different objects', () => {
    expect(decodeToken(formed(HEADER, '{"a":{"n":1},"b":{"n":1},"c":[{"n":1},{"n":1}]}')).payload).toBeDefined();
    expect(jsonFault('["a","a",{"a":"a"}]', 4)).toBeUndefined();
  });
});

describe('a nested token is rejected', () => {
  it('when it is encrypted', async () => {
    for (const token of ['aaaa.bbbb.cccc.dddd.eeee', 'aaaa..cccc.dddd.eeee']) {
      await expect(verify(token)).rejects.toMatchObject({ reason: 'token-encrypted' });
    }
  });

  it('when it is signed', async () => {
    await expect(verify(await signed({ cty: 'JWT' }))).rejects.toMatchObject({ reason: 'token-nested' });
  });
});

/** The same bytes in another encoding: the last character with its lowest bit set. */
function respelled(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.at(-1) ?? '');
  return part.slice(0, -1) + (alphabet[last | 1] ?? '');
}
