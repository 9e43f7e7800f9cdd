import { statSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, EmbeddedJWK, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { discover, fetchWithCa, type IssuerEndpoint, redeem, signIn } from '../../../test/support/oauth.ts';
import { dpopProof } from '../../services/issuer/dpopProof.ts';
import { requestToken } from '../../services/issuer/requestToken.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { sampleTokenSettings } from '../support/issuer.ts';
import { caFile, testTls } from '../support/services.ts';

const FIELDS: [string, string][] = [
  ['username', 'ada'],
  ['tier', 'free'],
];
const data = temporaryFolder();
/** Proofs that the client sent to the token endpoint, and nonces of its responses. */
const proofs: string[] = [];
const nonces: (string | null)[] = [];
let issuer: Issuer;
let endpoint: IssuerEndpoint;
let ready: { readonly issuer: string; readonly ca: string };
let app: client.Configuration;

beforeAll(async () => {
  const tls = await testTls();
  issuer = await startIssuer({ data, tls, tokenSettings: sampleTokenSettings(), print: () => {} });
  endpoint = { issuer: issuer.url, ca: tls.caPem };
  ready = { issuer: issuer.url, ca: caFile(data, tls.caPem) };
  app = await discover(endpoint, 'local-app');
  app[client.customFetch] = async (address, options) => {
    const response = await fetchWithCa(tls.caPem)(address, options);
    const proof = Object.fromEntries(Object.entries(options.headers))['dpop'];
    if (proof !== undefined) {
      proofs.push(proof);
      nonces.push(response.headers.get('dpop-nonce'));
    }
    return response;
  };
});
afterAll(() => issuer.close());
beforeEach(() => {
  proofs.length = 0;
  nonces.length = 0;
});

const newHandle = async () => client.getDPoPHandle(app, await client.randomDPoPKeyPair('ES256'));

test('tokens are bound to the key of their proof, and a refresh token of an app is of no use without it', async () => {
  const handle = await newHandle();
  const tokens = await redeem(app, await signIn(app, endpoint, FIELDS), { DPoP: handle });
  const jkt = await handle.calculateThumbprint();
  expect([tokens.token_type, decodeJwt(tokens.access_token)['cnf']]).toEqual(['dpop', { jkt }]);
  const refresh = (token: string | undefined, DPoP: client.DPoPHandle) =>
    client.refreshTokenGrant(app, token ?? '', undefined, { DPoP });
  const fresh = await refresh(tokens.refresh_token, handle);
  expect(decodeJwt(fresh.access_token)['cnf']).toEqual({ jkt });
  await expect(refresh(fresh.refresh_token, await newHandle())).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(client.refreshTokenGrant(app, fresh.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

test('responses carry a nonce, which the next proof may use or leave out', async () => {
  const handle = await newHandle();
  const tokens = await redeem(app, await signIn(app, endpoint, FIELDS), { DPoP: handle });
  await client.refreshTokenGrant(app, tokens.refresh_token ?? '', undefined, { DPoP: handle });
  const sent = proofs.map((proof) => decodeJwt(proof)['nonce']);
  expect(sent[0]).toBeUndefined();
  expect(sent[1]).toBe(nonces[0]);
  expect(nonces[0]).toMatch(/^[\w-]{20,}$/);
});

test('a proof is accepted once', async () => {
  const tokens = await redeem(app, await signIn(app, endpoint, FIELDS), { DPoP: await newHandle() });
  const [used = ''] = proofs;
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
  form.set('client_id', 'local-app');
  const headers = { dpop: used, 'content-type': 'application/x-www-form-urlencoded' };
  const again = await fetchWithCa(endpoint.ca)(`${issuer.url}/token`, {
    method: 'POST',
    headers,
    body: form,
    redirect: 'manual',
  });
  expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
});

test('a machine token is bound to the key of a file, which is made once and read by the owner only', async () => {
  const dpopKey = join(data, 'client', 'dpop.pem');
  const tokens = [await requestToken({ ready, data, dpopKey }), await requestToken({ ready, data, dpopKey })];
  expect(statSync(dpopKey).mode & 0o777).toBe(0o600);
  const proof = await dpopProof({
    keyFile: dpopKey,
    method: 'GET',
    url: 'https://localhost:8443/me?x=1#y',
    token: 'T',
  });
  const { payload } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
  expect(payload).toMatchObject({ htm: 'GET', htu: 'https://localhost:8443/me', jti: expect.any(String) });
  // SHA-256 of the token's ASCII in base64url (RFC 9449 section 4.2).
  expect(payload['ath']).toBe('5jK3CVsL8ywmD6TFOen9e4UtDeRU6b4m8k0Nb5HQadM');
  const { jwk } = decodeProtectedHeader(proof);
  expect(Object.keys(jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
  const jkt = await calculateJwkThumbprint(jwk ?? {});
  expect(tokens.map((token) => decodeJwt(token)['cnf'])).toEqual([{ jkt }, { jkt }]);
});
