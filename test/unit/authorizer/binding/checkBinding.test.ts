import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { rmSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authentication } from '../../../../lambdas/authorizer/authenticate.ts';
import type { AuthorizerEvent } from '../../../../lambdas/authorizer/event.ts';
import type { KeySetIssuer } from '../../../../lib/definition/tokenIssuer.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { claimsOf, eventOf, startIssuer, type TestIssuer, tokenIssuerOf } from '../support/authorizer.ts';
import { ALL_PARTS } from '../support/issuerParts.ts';
import { clientCertificate, startTables } from '../support/services.ts';

const HOST = 'api.example.com';
const data = temporaryFolder();
let tables: Awaited<ReturnType<typeof startTables>>;
let issuer: TestIssuer;
let key: { privateKey: Parameters<SignJWT['sign']>[0]; jwk: JWK };
beforeAll(async () => {
  tables = await startTables(data, ['proofs']);
  issuer = await startIssuer(['ES256']);
  key = await keyOf('ES256');
});
afterAll(async () => {
  await tables.close();
  await issuer.close();
  rmSync(data, { recursive: true, force: true });
});

async function keyOf(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

function authenticate(change: Partial<KeySetIssuer> = { dpop: 'required' }, environment = {}) {
  const settings = {
    SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf(issuer.url, change)]),
    SECURE_API_PROOFS: 'proofs',
    AWS_ENDPOINT_URL_DYNAMODB: tables.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...environment,
  };
  const secrets = { current: async () => '', previous: async () => undefined };
  const check = authentication(settings, { secrets, parts: ALL_PARTS });
  return async (event: AuthorizerEvent) => check(event);
}

const tokenOf = async (cnf: unknown) => issuer.sign(claimsOf(issuer.url, { cnf }), { kid: 'ES256' });
const boundToken = async (jwk = key.jwk) => tokenOf({ jkt: await calculateJwkThumbprint(jwk) });
const hash = (value: string) => createHash('sha256').update(value).digest('base64url');

interface ProofChange {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly by?: typeof key;
}

/** A valid proof for `GET https://api.example.com/documents`, except for the changes. */
async function proofOf(token: string, { claims = {}, header = {}, by = key }: ProofChange = {}): Promise<string> {
  const good = {
    htm: 'GET',
    htu: `https://${HOST}/documents`,
    iat: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
    ath: hash(token),
  };
  const alg = by.jwk.kty === 'EC' ? 'ES256' : by.jwk.kty === 'RSA' ? 'PS256' : 'EdDSA';
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: by.jwk, ...header })
    .sign(by.privateKey);
}

/** A proof that a library would not sign: any members in the header, and text at the start of a part. */
async function rawProof(token: string, header: object, add?: { readonly part: string; readonly text: string }) {
  const [, claims = ''] = (await proofOf(token)).split('.');
  const encode = (name: string, json: string) =>
    Buffer.from(add?.part === name ? json.replace('{', `{${add.text}`) : json).toString('base64url');
  const payload = encode('payload', Buffer.from(claims, 'base64url').toString());
  const head = encode('header', JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header }));
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    key.privateKey as Parameters<typeof crypto.subtle.sign>[1],
    Buffer.from(`${head}.${payload}`),
  );
  return `${head}.${payload}.${Buffer.from(signature).toString('base64url')}`;
}

function request(
  token: string,
  proofs: string | readonly string[] = [],
  change: Partial<AuthorizerEvent> = {},
): AuthorizerEvent {
  const event = eventOf(`DPoP ${token}`);
  return {
    ...event,
    path: '/documents',
    requestContext: { domainName: HOST, path: '/live/documents' },
    multiValueHeaders: { ...event.multiValueHeaders, DPoP: [proofs].flat() },
    ...change,
  };
}

async function outcomeOf(event: AuthorizerEvent, check = authenticate()): Promise<unknown> {
  return check(event).then(
    () => 'accepted',
    (error: { readonly reason?: string }) => error.reason,
  );
}

describe('a bound token', () => {
  it('is accepted with a proof of its key', async () => {
    const token = await boundToken();
    expect(await outcomeOf(request(token, await proofOf(token)))).toBe('accepted');
  });

  it('is accepted with a proof that has a nonce, a key id and other claims', async () => {
    const token = await boundToken();
    const claims = { nonce: 'n', exp: Math.floor(Date.now() / 1000) + 30, aud: 'x' };
    const header = { kid: 'mine', jwk: { ...key.jwk, use: 'sig', kid: 'mine', extra: true } };
    expect(await outcomeOf(request(token, await proofOf(token, { claims, header })))).toBe('accepted');
    expect(await outcomeOf(request(token, await rawProof(token, {})))).toBe('accepted');
  });

  it.each(['PS256', 'EdDSA'])('can be bound to a key for %s', async (alg) => {
    const by = await keyOf(alg);
    const token = await boundToken(by.jwk);
    expect(await outcomeOf(request(token, await proofOf(token, { by })))).toBe('accepted');
  });

  it.each(['required', 'optional', undefined] as const)('is rejected as a bearer token, with dpop %s', async (dpop) => {
    const token = await boundToken();
    const event = { ...request(token, await proofOf(token)), ...bearer(token) };
    expect(await outcomeOf(event, authenticate({ dpop }))).toBe('proof-missing');
  });

  it('is rejected without a proof, with two, or with a huge one', async () => {
    const token = await boundToken();
    const proof = await proofOf(token);
    expect(await outcomeOf(request(token))).toBe('proof-missing');
    expect(await outcomeOf(request(token, ''))).toBe('proof-missing');
    expect(await outcomeOf(request(token, [proof, proof]))).toBe('proof-duplicate');
    expect(await outcomeOf(request(token, await proofOf(token, { claims: { pad: 'x'.repeat(4096) } })))).toBe(
      'proof-too-large',
    );
  });

  it('is rejected with the proof of another key', async () => {
    const token = await boundToken();
    const by = await keyOf('ES256');
    expect(await outcomeOf(request(token, await proofOf(token, { by })))).toBe('binding-mismatch');
  });

  it('is rejected with the DPoP scheme if its issuer has no DPoP', async () => {
    const token = await boundToken();
    expect(await outcomeOf(request(token, await proofOf(token)), authenticate({}))).toBe('scheme-unsupported');
  });
});

describe('a token that is bound to nothing', () => {
  it('is rejected if binding is required, with either scheme', async () => {
    const token = await tokenOf(undefined);
    expect(await outcomeOf(request(token, await proofOf(token)))).toBe('binding-missing');
    expect(await outcomeOf({ ...request(token), ...bearer(token) })).toBe('binding-missing');
  });

  it('is accepted only as a bearer token if binding is optional', async () => {
    const token = await tokenOf(undefined);
    const check = authenticate({ dpop: 'optional' });
    expect(await outcomeOf({ ...request(token), ...bearer(token) }, check)).toBe('accepted');
    expect(await outcomeOf(request(token, await proofOf(token)), check)).toBe('binding-missing');
  });

  it.each([[{}], [{ kid: 'x' }], [{ jkt: 7 }], ['text'], [null], [{ jkt: 'a', jwk: {} }]])(
    'or to something unknown is rejected: %j',
    async (cnf) => {
      const token = await tokenOf(cnf);
      expect(await outcomeOf({ ...request(token), ...bearer(token) }, authenticate({}))).toBe(
        'confirmation-unsupported',
      );
    },
  );
});

describe('a proof is rejected', () => {
  const seconds = () => Math.floor(Date.now() / 1000);

  it.each<readonly [string, (token: string) => ProofChange]>([
    ['proof-type-rejected', () => ({ header: { typ: 'JWT' } })],
    ['proof-type-rejected', () => ({ header: { typ: undefined } })],
    ['proof-type-rejected', () => ({ header: { typ: 'DPOP+JWT' } })],
    ['proof-type-rejected', () => ({ header: { typ: 'application/dpop+jwt' } })],
    ['proof-critical-header-rejected', () => ({ header: { b64: true } })],
    ['proof-key-rejected', () => ({ header: { jwk: undefined } })],
    ['proof-key-rejected', () => ({ header: { jwk: [key.jwk] } })],
    ['proof-key-rejected', () => ({ header: { jku: 'https://evil.example/keys' } })],
    ['proof-key-rejected', () => ({ header: { x5u: 'https://evil.example/certificate' } })],
    ['proof-key-rejected', () => ({ header: { x5c: ['MIIB'] } })],
    ['proof-key-rejected', () => ({ header: { jwk: { ...key.jwk, use: 'enc' } } })],
    ['proof-key-rejected', () => ({ header: { jwk: { ...key.jwk, alg: 'ES384' } } })],
    ['proof-key-rejected', () => ({ header: { jwk: { ...key.jwk, key_ops: ['encrypt'] } } })],
    ['proof-key-rejected', () => ({ header: { jwk: { ...key.jwk, crv: 'P-384' } } })],
    ['proof-key-rejected', () => ({ header: { jwk: { ...key.jwk, oth: [] } } })],
    ['proof-key-rejected', () => ({ header: { jwk: { ...key.jwk, dp: 'AA' } } })],
    ['proof-method-mismatch', () => ({ claims: { htm: 'POST' } })],
    ['proof-method-mismatch', () => ({ claims: { htm: 'get' } })],
    ['proof-target-mismatch', () => ({ claims: { htu: `https://${HOST}/documents/1` } })],
    ['proof-target-mismatch', () => ({ claims: { htu: 'https://evil.example.com/documents' } })],
    ['proof-target-mismatch', () => ({ claims: { htu: `http://${HOST}/documents` } })],
    ['proof-target-mismatch', () => ({ claims: { htu: `https://${HOST}:8443/documents` } })],
    ['proof-target-mismatch', () => ({ claims: { htu: '/documents' } })],
    ['proof-target-mismatch', () => ({ claims: { htu: undefined } })],
    ['proof-time-invalid', () => ({ claims: { iat: seconds() - 66 } })],
    ['proof-time-invalid', () => ({ claims: { iat: seconds() + 60 } })],
    ['proof-time-invalid', () => ({ claims: { iat: undefined } })],
    ['proof-time-invalid', () => ({ claims: { iat: String(seconds()) } })],
    ['proof-time-invalid', () => ({ claims: { iat: null } })],
    ['proof-time-invalid', () => ({ claims: { iat: true } })],
    ['proof-time-invalid', () => ({ claims: { iat: [seconds()] } })],
    ['proof-time-invalid', () => ({ claims: { iat: -1e300 } })],
    ['proof-time-invalid', () => ({ claims: { iat: 1e300 } })],
    ['proof-time-invalid', () => ({ claims: { iat: seconds() * 1000 } })],
    ['proof-time-invalid', () => ({ claims: { exp: seconds() - 10 } })],
    ['proof-time-invalid', () => ({ claims: { nbf: seconds() + 10 } })],
    ['proof-token-mismatch', () => ({ claims: { ath: hash('other') } })],
    ['proof-token-mismatch', (token) => ({ claims: { ath: `${hash(token)}=` } })],
    ['proof-token-mismatch', (token) => ({ claims: { ath: [hash(token)] } })],
    ['proof-token-mismatch', (token) => ({ claims: { ath: token } })],
    ['proof-token-mismatch', () => ({ claims: { ath: undefined } })],
    ['proof-malformed', () => ({ claims: { jti: undefined } })],
    ['proof-malformed', () => ({ claims: { jti: '' } })],
    ['proof-malformed', () => ({ claims: { jti: 7 } })],
    ['proof-malformed', () => ({ claims: { jti: null } })],
    ['proof-malformed', () => ({ claims: { jti: ['a'] } })],
    ['proof-malformed', () => ({ claims: { jti: '\ud800' } })],
    ['proof-malformed', () => ({ claims: { jti: 'x'.repeat(513) } })],
  ])('%s', async (reason, change) => {
    const token = await boundToken();
    expect(await outcomeOf(request(token, await proofOf(token, change(token))))).toBe(reason);
  });

  it('when it is not a JWT, or not signed by the key that it contains', async () => {
    const token = await boundToken();
    expect(await outcomeOf(request(token, 'nonsense'))).toBe('proof-malformed');
    const forged = await proofOf(token, { by: { ...(await keyOf('ES256')), jwk: key.jwk } });
    expect(await outcomeOf(request(token, forged))).toBe('proof-signature-invalid');
  });

  it.each<readonly [string, object]>([
    ['proof-critical-header-rejected', { crit: ['b64'], b64: true }],
    ['proof-critical-header-rejected', { crit: ['b64'], b64: false }],
    ['proof-critical-header-rejected', { crit: ['b64'] }],
    ['proof-critical-header-rejected', { crit: ['exp'], exp: 1 }],
    ['proof-critical-header-rejected', { crit: [] }],
    ['proof-critical-header-rejected', { crit: 'b64' }],
    ['proof-critical-header-rejected', { crit: null }],
    ['proof-critical-header-rejected', { b64: false }],
    ['proof-algorithm-rejected', { alg: 'none' }],
    ['proof-algorithm-rejected', { alg: 'HS256' }],
    ['proof-algorithm-rejected', { alg: 'es256' }],
    ['proof-algorithm-rejected', { alg: 'ES256K' }],
    ['proof-malformed', { cty: 'JWT' }],
  ])('%s, when its header has %j', async (reason, change) => {
    const token = await boundToken();
    expect(await outcomeOf(request(token, await rawProof(token, change)))).toBe(reason);
  });

  it('when a name is twice in its header or payload', async () => {
    const token = await boundToken();
    const twice = (part: string) => ({ part, text: part === 'header' ? '"typ":"JWT",' : '"htm":"POST",' });
    for (const repeated of ['header', 'payload']) {
      expect(await outcomeOf(request(token, await rawProof(token, {}, twice(repeated))))).toBe('proof-malformed');
    }
  });

  it('when its key is private, symmetric or invalid', async () => {
    const token = await boundToken();
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(pair.privateKey);
    const own = await proofOf(token, { header: { jwk } });
    expect(await outcomeOf(request(token, own))).toBe('proof-key-rejected');
    const broken = await proofOf(token, { header: { jwk: { ...key.jwk, x: 'AAAA' } } });
    expect(await outcomeOf(request(token, broken))).toBe('proof-key-rejected');
    const shared = new Uint8Array(32).fill(7);
    const symmetric = await new SignJWT({}).setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256' }).sign(shared);
    expect(await outcomeOf(request(token, symmetric))).toBe('proof-algorithm-rejected');
  });

  it('when it was used before, by this instance or another one', async () => {
    const token = await boundToken();
    const proof = await proofOf(token);
    const check = authenticate();
    expect(await outcomeOf(request(token, proof), check)).toBe('accepted');
    expect(await outcomeOf(request(token, proof), check)).toBe('proof-replayed');
    expect(await outcomeOf(request(token, proof), authenticate())).toBe('proof-replayed');
  });

  it('except one of ten that come at once', async () => {
    const token = await boundToken();
    const proof = await proofOf(token);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(request(token, proof))));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
  });

  it('with an error on our side while the store is unreachable, and can be used after that', async () => {
    const token = await boundToken();
    const proof = await proofOf(token);
    const down = authenticate({ dpop: 'required' }, { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' });
    expect(await outcomeOf(request(token, proof), down)).toBe('proofs-unreachable');
    expect(await outcomeOf(request(token, proof), authenticate({ dpop: 'required' }, { SECURE_API_PROOFS: '' }))).toBe(
      'configuration-invalid',
    );
    expect(await outcomeOf(request(token, proof))).toBe('accepted');
  });
});

describe('the target of a proof', () => {
  it.each([
    ['with the stage, as the client called it', '/live/documents', '/documents', `https://${HOST}/live/documents`],
    ['below a custom domain', '/documents', '/documents', `https://${HOST}/documents`],
    [
      'with the default port, a query and a fragment',
      '/documents',
      '/documents',
      `https://API.example.com:443/documents?x=1#y`,
    ],
    ['encoded another way', '/documents/a%20b~', '/documents/a%20b~', `https://${HOST}/documents/a%20b%7E`],
  ])('can be written %s', async (_how, called, path, htu) => {
    const token = await boundToken();
    const event = request(token, await proofOf(token, { claims: { htu } }), {
      path,
      requestContext: { domainName: HOST, path: called },
    });
    expect(await outcomeOf(event)).toBe('accepted');
  });

  it('does not match an encoded slash', async () => {
    const token = await boundToken();
    const proof = await proofOf(token, { claims: { htu: `https://${HOST}/documents/a/b` } });
    const event = request(token, proof, {
      path: '/documents/a%2Fb',
      requestContext: { domainName: HOST, path: '/documents/a%2Fb' },
    });
    expect(await outcomeOf(event)).toBe('proof-target-mismatch');
  });

  it('requires an event that contains the called URL', async () => {
    const token = await boundToken();
    expect(await outcomeOf(request(token, await proofOf(token), { requestContext: {} }))).toBe('proof-target-mismatch');
  });
});

describe('a token that is bound to a certificate', () => {
  it('is rejected without mutual TLS, and with another certificate', async () => {
    const [mine, other] = [await clientCertificate('mine'), await clientCertificate('other')];
    const token = await tokenOf({
      'x5t#S256': createHash('sha256').update(new X509Certificate(mine).raw).digest('base64url'),
    });
    const by = (clientCertPem?: string) => ({
      ...request(token),
      ...bearer(token),
      requestContext: {
        domainName: HOST,
        identity: { clientCert: clientCertPem === undefined ? null : { clientCertPem } },
      },
    });
    expect(await outcomeOf(by(mine), authenticate({}))).toBe('accepted');
    expect(await outcomeOf(by(other), authenticate({}))).toBe('certificate-mismatch');
    expect(await outcomeOf(by('nonsense'), authenticate({}))).toBe('certificate-malformed');
    expect(await outcomeOf(by(), authenticate({}))).toBe('certificate-missing');
    expect(await outcomeOf({ ...request(token), ...bearer(token) }, authenticate({}))).toBe('certificate-missing');
  });
});

function bearer(token: string): Pick<AuthorizerEvent, 'headers' | 'multiValueHeaders'> {
  return { headers: { Authorization: `Bearer ${token}` }, multiValueHeaders: { Authorization: [`Bearer ${token}`] } };
}
