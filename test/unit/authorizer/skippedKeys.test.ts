import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, linesOf, tokenIssuerOf } from './support/authorizer.ts';
import { startHttps, type TestServer } from './support/services.ts';
import { tokenVerifier } from './support/tokenVerifier.ts';

type Jwk = Readonly<Record<string, unknown>>;

/** What the issuer publishes now. */
let published = '';
let server: TestServer;
beforeAll(async () => {
  server = await startHttps((_request, response) => response.end(published));
});
afterAll(() => server.close());

const [RSA, OTHER_RSA, SHORT_RSA] = [2048, 2048, 1024].map((modulusLength) =>
  generateKeyPairSync('rsa', { modulusLength }),
) as [Pair, Pair, Pair];
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}
const jwkOf = ({ publicKey }: Pair, more: Jwk = {}): Jwk => ({ ...publicKey.export({ format: 'jwk' }), ...more });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with any header; `jose` signs with no unfit key. */
function tokenOf({ privateKey }: Pair, header: Jwk): string {
  const input = `${encode(header)}.${encode(claimsOf(server.url))}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const, ...(header['alg'] === 'PS256' ? PSS : {}) };
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}
const PSS = { padding: 6, saltLength: 32 };

/** The outcome of each token, in one instance of the authorizer that reads this set. */
async function outcomes(set: unknown, ...tokens: readonly string[]): Promise<unknown[]> {
  published = typeof set === 'string' ? set : JSON.stringify(set);
  const secrets = { current: async () => '', previous: async () => undefined };
  const verify = tokenVerifier([tokenIssuerOf(server.url)], { secrets });
  const results: unknown[] = [];
  for (const token of tokens) {
    results.push(
      await verify(token).then(
        () => 'accepted',
        (error: { readonly reason?: string }) => error.reason,
      ),
    );
  }
  return results;
}
const quiet = async (set: unknown, ...tokens: readonly string[]) => {
  let found: unknown[] = [];
  await linesOf(async () => {
    found = await outcomes(set, ...tokens);
  });
  return found;
};

const GOOD = jwkOf(RSA, { kid: 'good', alg: 'RS256', use: 'sig' });
const token = () => tokenOf(RSA, { alg: 'RS256', kid: 'good' });

describe('a good key verifies tokens', () => {
  it.each<readonly [string, readonly unknown[]]>([
    ['a key with alg null', [jwkOf(OTHER_RSA, { kid: 'other', alg: null })]],
    ['null, a string, a list and a number', [null, 'key', [GOOD], 7]],
    ['a key whose members have other types', [{ kty: 7, kid: {}, use: [], n: null, e: 3 }]],
    ['a certificate alone', [{ kty: 'RSA', kid: 'good', use: 'sig', x5c: ['MII'] }]],
    ['a key of an unknown type', [{ kty: 'AKP', kid: 'pq', alg: 'ML-DSA-44', pub: 'AAAA' }]],
    ['a key for encryption of the same id', [jwkOf(OTHER_RSA, { kid: 'good', use: 'enc', alg: 'RSA-OAEP' })]],
    ['a symmetric key', [{ kty: 'oct', kid: 'good', k: 'AAAA' }]],
    ['a key off its curve', [{ ...jwkOf(EC), kid: 'ec', x: 'A'.repeat(43) }]],
    ['ids that objects inherit', ['__proto__', 'constructor', 'toString'].map((kid) => jwkOf(OTHER_RSA, { kid }))],
    ['a member named __proto__', [JSON.parse('{"__proto__": {"kty": "RSA"}, "kid": "good"}')]],
    ['itself, twice more', [GOOD, GOOD]],
    ['10,000 odd keys', Array.from({ length: 10_000 }, (_, i) => ({ kty: 'RSA', kid: String(i), n: 'AQAB', e: 'AQ' }))],
  ])('beside %s', async (_what, others) => {
    expect(await quiet({ keys: [...others, GOOD] }, token())).toEqual(['accepted']);
    expect(await quiet({ keys: [GOOD, ...others] }, token())).toEqual(['accepted']);
  });

  it('if it shares its id: each fitting key is tried, eight at most', async () => {
    const other = jwkOf(OTHER_RSA, { kid: 'good' });
    const elliptic = jwkOf(EC, { kid: 'good' });
    const set = { keys: [elliptic, other, GOOD] };
    const tokens = [
      token(),
      tokenOf(OTHER_RSA, { alg: 'RS256', kid: 'good' }),
      tokenOf(EC, { alg: 'ES256', kid: 'good' }),
    ];
    expect(await quiet(set, ...tokens)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await quiet(set, tokenOf(SHORT_RSA, { alg: 'RS256', kid: 'good' }))).toEqual(['signature-invalid']);
    const wrong = ['Aw', 'BQ', 'Bw', 'CQ', 'Cw', 'DQ', 'Dw', 'EQ'].map((e) => ({ ...other, e }));
    expect(await quiet({ keys: [...wrong.slice(1), GOOD] }, token())).toEqual(['accepted']);
    expect(await quiet({ keys: [...wrong, GOOD] }, token())).toEqual(['signature-invalid']);
  });

  it('without an id, if it is the only one that fits the algorithm', async () => {
    const { kid: _, ...nameless } = GOOD;
    const unnamed = tokenOf(RSA, { alg: 'RS256' });
    expect(await quiet({ keys: [{ kty: 'oct' }, jwkOf(EC), nameless] }, unnamed, token())).toEqual([
      'accepted',
      'key-unknown',
    ]);
    expect(await quiet({ keys: [nameless, jwkOf(OTHER_RSA)] }, unnamed)).toEqual(['key-id-missing']);
    expect(await quiet({ keys: [jwkOf(EC)] }, unnamed)).toEqual(['key-unfit']);
  });
});

describe('an unfit key verifies nothing, for either library', () => {
  const padded = (n: unknown) => Buffer.concat([Buffer.alloc(192), Buffer.from(String(n), 'base64url')]);
  const short = jwkOf(SHORT_RSA, { kid: 'bad' });

  it.each<readonly [string, Pair, Jwk]>([
    ['of 1,024 bits', SHORT_RSA, short],
    ['of 1,024 bits after zeros', SHORT_RSA, { ...short, n: padded(short['n']).toString('base64url') }],
    ['with key_ops for signing', RSA, jwkOf(RSA, { kid: 'bad', key_ops: ['sign'] })],
    ['with its private part', RSA, { ...RSA.privateKey.export({ format: 'jwk' }), kid: 'bad' }],
    ['for encryption', RSA, jwkOf(RSA, { kid: 'bad', use: 'enc' })],
  ])('%s', async (_what, pair, jwk) => {
    const tokens = ['RS256', 'PS256'].map((alg) => tokenOf(pair, { alg, kid: 'bad' }));
    expect(await quiet({ keys: [jwk, GOOD] }, ...tokens)).toEqual(['key-unfit', 'key-unfit']);
    expect(await quiet({ keys: [jwk] }, ...tokens)).toEqual(['keys-unusable', 'keys-unusable']);
  });

  it('with the exponent 1, which verifies a forged signature', async () => {
    // PKCS #1 v1.5: with e = 1, the signature is the padded hash itself.
    const input = `${encode({ alg: 'RS256', kid: 'bad' })}.${encode(claimsOf(server.url, { roles: ['admin'] }))}`;
    const digest = Buffer.from('3031300d060960864801650304020105000420', 'hex');
    const hash = Buffer.concat([digest, createHash('sha256').update(input).digest()]);
    const signature = Buffer.concat([
      Buffer.from([0, 1]),
      Buffer.alloc(253 - hash.length, 255),
      Buffer.from([0]),
      hash,
    ]);
    const forged = `${input}.${signature.toString('base64url')}`;
    expect(await quiet({ keys: [jwkOf(RSA, { kid: 'bad', e: 'AQ' }), GOOD] }, forged)).toEqual(['key-unfit']);
  });
});

describe('a set without a usable key is an error of the issuer, with its own reason', () => {
  it.each<readonly [string, unknown]>([
    ['an empty set', { keys: [] }],
    ['odd keys alone', { keys: [null, { kty: 'oct' }] }],
    ['keys that are no list', { keys: { 0: GOOD } }],
    ['a list', [GOOD]],
    ['a page', '<html>'],
    ['nothing', ''],
    ['more than 5 MB', { keys: [GOOD], padding: 'x'.repeat(5_242_880) }],
  ])('%s', async (_what, set) => {
    expect(await quiet(set, token(), tokenOf(RSA, { alg: 'RS256' }))).toEqual(['keys-unusable', 'keys-unusable']);
  });
});

describe('skipped keys are logged', () => {
  const odd = [GOOD, { ...GOOD, kid: 'x'.repeat(100), e: 'AQ' }, { kty: 'oct', k: 'SECRET' }, null];
  const logged = (keys: readonly unknown[]) =>
    linesOf(() => outcomes({ keys }, token(), token(), tokenOf(RSA, { alg: 'RS256', kid: 'no' })));

  it('once for an instance, with position, id and rule, and nothing of the key', async () => {
    const [line = '', ...others] = await logged(odd);
    expect(others).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({
      level: 'WARN',
      jwksUri: `${server.url}/jwks`,
      skipped: 3,
      keys: [
        { position: 1, kid: 'x'.repeat(64), fault: 'exponent-invalid' },
        { position: 2, fault: 'type-unsupported' },
        { position: 3, fault: 'not-an-object' },
      ],
    });
    expect(line).not.toContain('SECRET');
    expect(line).not.toContain(String(GOOD['n']).slice(0, 20));
  });

  it('sixteen at most, with the number of all', async () => {
    const [line = ''] = await logged([...Array.from({ length: 1_000 }, () => null), GOOD]);
    const { skipped, keys } = JSON.parse(line) as { skipped: number; keys: unknown[] };
    expect([skipped, keys.length]).toEqual([1_000, 16]);
  });

  it('without a warning if they are for encryption, and not at all if there is none', async () => {
    const [line = ''] = await logged([GOOD, jwkOf(EC, { use: 'enc' })]);
    expect(JSON.parse(line)).toMatchObject({ level: 'INFO', skipped: 1 });
    expect(await logged([GOOD])).toEqual([]);
  });
});
