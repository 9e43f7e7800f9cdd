import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verificationKey, verificationKeys } from '../../../lambdas/shared/verificationKeys.ts';

type Jwk = Readonly<Record<string, unknown>>;
const jwkOf = ({ publicKey }: { readonly publicKey: KeyObject }): Jwk => publicKey.export({ format: 'jwk' }) as Jwk;
const rsaOf = (modulusLength: number) => jwkOf(generateKeyPairSync('rsa', { modulusLength }));
const ecOf = (namedCurve: string) => jwkOf(generateKeyPairSync('ec', { namedCurve }));
const RSA = rsaOf(2048);
const SHORT_RSA = rsaOf(1024);
const EC = ecOf('P-256');
const EC_384 = ecOf('P-384');
const EC_521 = ecOf('P-521');
const OKP = jwkOf(generateKeyPairSync('ed25519'));
const OKP_448 = jwkOf(generateKeyPairSync('ed448'));
const GOOD = [RSA, EC, EC_384, EC_521, OKP, OKP_448];

const bytes = (value: unknown) => Buffer.from(String(value), 'base64url');
const padded = (value: unknown, before: number, after = 0) =>
  Buffer.concat([Buffer.alloc(before), bytes(value), Buffer.alloc(after)]).toString('base64url');
const hex = (digits: string) => Buffer.from(digits, 'hex').toString('base64url');
const modulusOf = (bits: number) =>
  Buffer.from(((1n << BigInt(bits - 1)) + 1n).toString(16).padStart(Math.ceil(bits / 8) * 2, '0'), 'hex').toString(
    'base64url',
  );
const outcome = (jwk: unknown) => {
  const key = verificationKey(jwk);
  return typeof key === 'string' ? key : key.algorithms;
};
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

/** The same bytes with unused bits that are not zero, where the encoding has some. */
function otherEncoding(value: unknown): string {
  const text = String(value);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return `${text.slice(0, -1)}${digits[digits.indexOf(text.at(-1) ?? '') + 1]}`;
}

it('a key whose numbers are not in canonical base64url is not fit: it would have several encodings', () => {
  let count = 0;
  for (const jwk of GOOD)
    for (const name of ['n', 'x', 'y'].filter((one) => one in jwk && bytes(jwk[one]).length % 3 !== 0)) {
      expect(bytes(otherEncoding(jwk[name]))).toEqual(bytes(jwk[name]));
      for (const value of [otherEncoding(jwk[name]), `${jwk[name]}=`, `${jwk[name]} `, `${jwk[name]}\n`])
        expect([name, outcome({ ...jwk, [name]: value })]).toEqual([name, 'encoding-invalid']);
      count += 1;
    }
  expect(count).toBeGreaterThan(3);
});

it('an id that is not Unicode is not fit, and is logged as Unicode', () => {
  expect(outcome({ ...EC, kid: 'a\ud800' })).toBe('id-invalid');
  expect(verificationKeys({ keys: [{ ...EC, kid: '\udc00' }] })?.skipped).toEqual([
    { position: 0, kid: '\ufffd', fault: 'id-invalid' },
  ]);
});

describe('a key verifies the algorithms of its type, curve and alg', () => {
  it.each<readonly [string, Jwk, readonly string[]]>([
    ['RSA', RSA, RSA_ALGORITHMS],
    ['RSA for one algorithm', { ...RSA, alg: 'PS384', use: 'sig' }, ['PS384']],
    ['P-256', EC, ['ES256']],
    ['P-384', EC_384, ['ES384']],
    ['P-521', EC_521, ['ES512']],
    ['Ed25519', OKP, ['EdDSA', 'Ed25519']],
    ['Ed448', OKP_448, ['EdDSA']],
    [
      'optional members that are null',
      { ...RSA, alg: null, use: null, key_ops: null, kid: null, d: null },
      RSA_ALGORITHMS,
    ],
    ['key_ops with verify', { ...EC, key_ops: ['sign', 'verify'] }, ['ES256']],
    ['members of its certificate', { ...EC, x5c: ['MII'], x5t: 'x', 'x5t#S256': 'y', issuer: {} }, ['ES256']],
    ['a modulus with a sign byte', { ...RSA, n: padded(RSA['n'], 1) }, RSA_ALGORITHMS],
    ['an exponent with zeros in front', { ...RSA, e: padded(RSA['e'], 5) }, RSA_ALGORITHMS],
    ['the exponent 3', { ...RSA, e: 'Aw' }, RSA_ALGORITHMS],
    ['a modulus of 16,384 bits', { ...RSA, n: modulusOf(16_384) }, RSA_ALGORITHMS],
  ])('%s', (_what, jwk, algorithms) => {
    expect(outcome(jwk)).toEqual(algorithms);
  });

  it('and keeps its public members alone, with RSA numbers written in one way', () => {
    const { n, e } = RSA;
    const key = { ...RSA, n: padded(n, 3), kid: 'one', use: 'sig', x5c: ['MII'], secret: 'x' };
    expect(verificationKey(key)).toEqual({ kid: 'one', jwk: { kty: 'RSA', n, e }, algorithms: RSA_ALGORITHMS });
  });
});

describe('a key is skipped', () => {
  it.each<readonly [string, string, unknown]>([
    ['null', 'not-an-object', null],
    ['a string', 'not-an-object', 'key'],
    ['a list', 'not-an-object', [RSA]],
    ['no type', 'type-unsupported', { ...RSA, kty: undefined }],
    ['another type', 'type-unsupported', { ...RSA, kty: 'AKP' }],
    ['a type that objects inherit', 'type-unsupported', { ...RSA, kty: 'constructor' }],
    ['a symmetric key', 'type-unsupported', { kty: 'oct', k: 'AAAA' }],
    ['a private key', 'private', { ...EC, d: 'AAAA' }],
    ['a prime', 'private', { ...RSA, p: 'AAAA' }],
    ['an id that is a number', 'id-invalid', { ...RSA, kid: 7 }],
    ['use for encryption', 'use-other', { ...RSA, use: 'enc' }],
    ['use as a list', 'use-other', { ...RSA, use: ['sig'] }],
    ['key_ops without verify', 'use-other', { ...RSA, key_ops: ['sign', 'encrypt'] }],
    ['empty key_ops', 'use-other', { ...RSA, key_ops: [] }],
    ['key_ops as a string', 'use-other', { ...RSA, key_ops: 'verify' }],
    ['key_ops of other types', 'use-other', { ...RSA, key_ops: ['verify', 7] }],
    ['an algorithm for encryption', 'algorithm-other', { ...RSA, alg: 'RSA-OAEP' }],
    ['an algorithm of another type', 'algorithm-other', { ...RSA, alg: 'ES256' }],
    ['a symmetric algorithm', 'algorithm-other', { ...RSA, alg: 'HS256' }],
    ['an algorithm that objects inherit', 'algorithm-other', { ...RSA, alg: 'toString' }],
    ['an algorithm that is a number', 'algorithm-other', { ...RSA, alg: 7 }],
    ['an empty algorithm', 'algorithm-other', { ...RSA, alg: '' }],
    ['a certificate alone', 'encoding-invalid', { kty: 'RSA', use: 'sig', x5c: ['MII'] }],
    ['a modulus that is a list', 'encoding-invalid', { ...RSA, n: [RSA['n']] }],
    ['another encoding', 'encoding-invalid', { ...RSA, n: `${RSA['n']}==` }],
    ['1,024 bits', 'modulus-invalid', SHORT_RSA],
    ['1,024 bits after zeros', 'modulus-invalid', { ...SHORT_RSA, n: padded(SHORT_RSA['n'], 128) }],
    ['1,024 bits before zeros', 'modulus-invalid', { ...SHORT_RSA, n: padded(SHORT_RSA['n'], 0, 128) }],
    ['2,047 bits', 'modulus-invalid', { ...RSA, n: modulusOf(2047) }],
    ['16,385 bits', 'modulus-invalid', { ...RSA, n: modulusOf(16_385) }],
    ['a modulus of zero', 'modulus-invalid', { ...RSA, n: padded('', 256) }],
    ['an even modulus', 'modulus-invalid', { ...RSA, n: padded(RSA['n'], 0, 1) }],
    ['the exponent 0', 'exponent-invalid', { ...RSA, e: 'AA' }],
    ['the exponent 1', 'exponent-invalid', { ...RSA, e: 'AQ' }],
    ['the exponent 1 after zeros', 'exponent-invalid', { ...RSA, e: 'AAAB' }],
    ['the exponent 2', 'exponent-invalid', { ...RSA, e: 'Ag' }],
    ['an even exponent', 'exponent-invalid', { ...RSA, e: hex('010000') }],
    ['an exponent of 33 bits', 'exponent-invalid', { ...RSA, e: hex('0100000001') }],
    ['an exponent as long as the modulus', 'exponent-invalid', { ...RSA, e: RSA['n'] }],
    ['an unknown curve', 'curve-unsupported', { ...EC, crv: 'secp256k1' }],
    ['no curve', 'curve-unsupported', { ...EC, crv: undefined }],
    ['a curve that objects inherit', 'curve-unsupported', { ...EC, crv: 'constructor' }],
    ['the curve of another type', 'curve-unsupported', { ...EC, crv: 'Ed25519' }],
    ['a curve for key agreement', 'curve-unsupported', { ...OKP, crv: 'X25519' }],
    ['no coordinate y', 'encoding-invalid', { ...EC, y: undefined }],
    ['a point off the curve', 'point-invalid', { ...EC, x: EC['y'] }],
    ['the point 0, 0', 'point-invalid', { ...EC, x: padded('', 32), y: padded('', 32) }],
    ['a point of another curve', 'point-invalid', { ...EC_384, crv: 'P-256' }],
    ['a coordinate with zeros in front', 'point-invalid', { ...EC, x: padded(EC['x'], 1) }],
    ['a point of 31 bytes', 'point-invalid', { ...OKP, x: padded('', 31) }],
    ['a point of another length', 'point-invalid', { ...OKP_448, crv: 'Ed25519' }],
    // The points of Ed25519 whose order divides 8, and their other encodings.
    ['y = 1', 'point-invalid', { ...OKP, x: hex(`01${'00'.repeat(31)}`) }],
    ['y = 1 with a sign', 'point-invalid', { ...OKP, x: hex(`01${'00'.repeat(30)}80`) }],
    ['y = 0', 'point-invalid', { ...OKP, x: hex('00'.repeat(32)) }],
    ['y = -1', 'point-invalid', { ...OKP, x: hex(`ec${'ff'.repeat(30)}7f`) }],
    ['y = p', 'point-invalid', { ...OKP, x: hex(`ed${'ff'.repeat(30)}7f`) }],
    [
      'a point of order 8',
      'point-invalid',
      { ...OKP, x: hex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05') },
    ],
    [
      'another point of order 8',
      'point-invalid',
      { ...OKP, x: hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa') },
    ],
    ['y = 1 of Ed448', 'point-invalid', { ...OKP_448, x: hex(`01${'00'.repeat(56)}`) }],
  ])('with %s: %s', (_what, fault, jwk) => {
    expect(outcome(jwk)).toBe(fault);
  });
});

describe('the points of curves', () => {
  it.each(['P-256', 'P-384', 'P-521'])(
    '%s are those that OpenSSL imports: 60 keys, each also changed',
    (namedCurve) => {
      const imports = (jwk: Jwk) => {
        try {
          createPublicKey({ key: jwk, format: 'jwk' });
          return true;
        } catch {
          return false;
        }
      };
      for (let count = 0; count < 60; count += 1) {
        const jwk = ecOf(namedCurve);
        const changed = { ...jwk, y: Buffer.from(bytes(jwk['y']).map((byte, i) => (i === 8 ? byte ^ 1 : byte))) };
        for (const one of [jwk, { ...changed, y: changed.y.toString('base64url') }]) {
          expect(typeof verificationKey(one) !== 'string').toBe(imports(one));
        }
      }
    },
  );
});

describe('a set of keys', () => {
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(...GOOD.flatMap((jwk) => Object.values(jwk))));
  const odd = fc.oneof(
    fc.jsonValue(),
    fc
      .tuple(
        fc.constantFrom(...GOOD),
        fc.constantFrom('kty', 'alg', 'use', 'key_ops', 'kid', 'n', 'e', 'crv', 'x', 'y'),
        anything,
      )
      .map(([jwk, name, value]) => ({ ...jwk, [name]: value })),
  );

  it('keeps its good keys whatever is beside them, and every key that it keeps can be imported: 1,000 sets', () => {
    let skipped = 0;
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 8 }), fc.nat(8), (entries, at) => {
        const set = verificationKeys({ keys: entries.toSpliced(at, 0, { ...EC, kid: 'good' }) });
        skipped += set?.skipped.length ?? 0;
        expect(set?.keys.map(({ kid }) => kid)).toContain('good');
        for (const { jwk } of set?.keys ?? []) createPublicKey({ key: jwk, format: 'jwk' });
      }),
      { numRuns: 1_000, seed: 12 },
    );
    expect(skipped).toBeGreaterThan(1_000);
  });

  it('has each key once, with its fault and position if it is skipped', () => {
    const keys = [
      { ...EC, kid: 'a' },
      { kty: 'oct', kid: 'b' },
      { ...EC, kid: 'a', x5c: [] },
      null,
      { ...EC, kid: 'c' },
    ];
    const set = verificationKeys({ keys });
    expect(set?.keys.map(({ kid }) => kid)).toEqual(['a', 'c']);
    expect(set?.skipped).toEqual([
      { position: 1, kid: 'b', fault: 'type-unsupported' },
      { position: 3, fault: 'not-an-object' },
    ]);
  });

  it.each([null, [], 'keys', { keys: {} }, { keys: null }, {}, Object.create({ keys: [] }) as unknown])(
    'is an object with a list of keys, not %j',
    (set) => {
      expect(verificationKeys(set)).toBeUndefined();
    },
  );
});
