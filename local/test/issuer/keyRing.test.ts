import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { browser, fetchWithCa, type IssuerEndpoint } from '../../../test/support/oauth.ts';
import { adminSecret } from '../../services/issuer/adminSecret.ts';
import { listKeys, rotateKeys } from '../../services/issuer/issuerClient.ts';
import { type KeyRing, openKeys } from '../../services/issuer/keyRing.ts';
import { requestToken } from '../../services/issuer/requestToken.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { sampleTokenSettings } from '../support/issuer.ts';
import { caFile, testTls } from '../support/services.ts';

const DAY = 86_400;

describe('the ring of keys', () => {
  const kids = (ring: KeyRing, state: string) =>
    ring
      .list()
      .filter((key) => key.state === state)
      .map(({ kid }) => kid);

  test('a rotation lets the standby keys sign, keeps the old ones published, and makes new ones stand by', async () => {
    const ring = await openKeys(temporaryFolder(), []);
    const [signing, standby] = [kids(ring, 'signing'), kids(ring, 'standby')];
    await ring.rotate({ withdraw: false });
    expect([kids(ring, 'signing'), kids(ring, 'retired')]).toEqual([standby, signing]);
    expect(kids(ring, 'standby')).toHaveLength(4);
    expect(ring.published().keys.map(({ kid }) => kid)).toEqual([...standby, ...kids(ring, 'standby'), ...signing]);
  });

  test('a retired key is published until the longest token that it signed has ended, and not a second more', async () => {
    let now = 1_000_000;
    const ring = await openKeys(temporaryFolder(), [], () => now);
    await ring.rotate({ withdraw: false });
    const version = ring.version();
    now += DAY - 1;
    expect([kids(ring, 'retired').length, ring.version()]).toEqual([4, version]);
    now += 1;
    expect(kids(ring, 'retired')).toEqual([]);
    expect(ring.published().keys).toHaveLength(8);
    expect(ring.version()).not.toBe(version);
  });

  test('withdrawn keys are gone at once', async () => {
    const ring = await openKeys(temporaryFolder(), []);
    const old = kids(ring, 'signing');
    await ring.rotate({ withdraw: true });
    expect(ring.list().map(({ kid }) => kid)).not.toEqual(expect.arrayContaining(old));
    expect(kids(ring, 'retired')).toEqual([]);
  });

  test('of two rotations at once one happens, because no API can know the next keys yet', async () => {
    let now = 1_000_000;
    const ring = await openKeys(temporaryFolder(), [], () => now);
    await ring.rotate({ withdraw: false });
    now += 10;
    const both = await Promise.allSettled([ring.rotate({ withdraw: false }), ring.rotate({ withdraw: false })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(ring.rotate({ withdraw: false })).rejects.toThrow(/Rotate again in 10 s/);
  });

  test('the keys survive a restart, and an algorithm that the stack asks for has its keys added', async () => {
    const data = temporaryFolder();
    const before = (await openKeys(data, [])).list();
    const after = await openKeys(data, ['RS256', 'ES384']);
    expect(after.list()).toEqual(expect.arrayContaining([...before]));
    expect(after.algorithms).toEqual(['RS256', 'PS256', 'ES256', 'EdDSA', 'ES384']);
    expect(kids(after, 'signing')).toHaveLength(5);
    expect(statSync(join(data, 'issuer', 'keys.json')).mode & 0o777).toBe(0o600);
  });

  test('a damaged file is an error that quotes nothing of it', async () => {
    const data = temporaryFolder();
    await openKeys(data, []);
    writeFileSync(join(data, 'issuer', 'keys.json'), '{"keys":[{"d":"very private"}],"cookieKey":"x"}');
    await expect(openKeys(data, [])).rejects.toThrow(/keys\.json is not readable: remove it/);
    await expect(openKeys(data, [])).rejects.not.toThrow(/private/);
  });
});

describe('rotation while the issuer runs', () => {
  const data = temporaryFolder();
  let issuer: Issuer;
  let endpoint: IssuerEndpoint;
  let ready: { readonly issuer: string; readonly ca: string };

  beforeAll(async () => {
    const tls = await testTls();
    issuer = await startIssuer({ data, tls, tokenSettings: sampleTokenSettings(), print: () => {} });
    endpoint = { issuer: issuer.url, ca: tls.caPem };
    ready = { issuer: issuer.url, ca: caFile(data, tls.caPem) };
  });
  afterAll(() => issuer.close());

  const published = async (): Promise<JSONWebKeySet> => JSON.parse((await browser(endpoint)('/jwks')).text);

  test('tokens from before and after the rotation verify, and keys read before the rotation include the new signer', async () => {
    const before = await published();
    const old = await requestToken({ ready, data });
    await rotateKeys({ ready, data });
    const fresh = await requestToken({ ready, data });
    expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(old).kid);
    await jwtVerify(fresh, createLocalJWKSet(before));
    await jwtVerify(old, createLocalJWKSet(await published()));
  });

  test('a withdrawn key verifies nothing any more', async () => {
    const old = await requestToken({ ready, data });
    const keys = await rotateKeys({ ready, data }, { withdraw: true });
    expect(keys).toEqual(await listKeys({ ready, data }));
    await expect(jwtVerify(old, createLocalJWKSet(await published()))).rejects.toThrow(/no applicable key/);
    await jwtVerify(await requestToken({ ready, data }), createLocalJWKSet(await published()));
  });

  test('only holders of the admin secret are allowed to list or rotate keys', async () => {
    const call = async (method: string, headers: Record<string, string> = {}) => {
      const response = await fetchWithCa(endpoint.ca)(`${issuer.url}/admin/keys`, {
        method,
        headers,
        body: undefined,
        redirect: 'manual',
      });
      return { status: response.status, text: await response.text() };
    };
    const kids = (await listKeys({ ready, data })).map(({ kid }) => kid);
    for (const authorization of ['', 'Bearer guess', `Basic ${adminSecret(data)}`, `Bearer ${adminSecret(data)}x`]) {
      expect((await call('POST', { authorization })).status).toBe(401);
    }
    expect((await call('GET')).text).not.toContain(kids[0]);
    const right = { authorization: `Bearer ${adminSecret(data)}` };
    expect((await call('DELETE', right)).status).toBe(405);
    expect((await call('GET', right)).text).not.toMatch(/"d"|"p"/);
    expect((await listKeys({ ready, data })).map(({ kid }) => kid)).toEqual(kids);
  });

  test('a rotation right after another is rejected with the reason', async () => {
    await expect(rotateKeys({ ready, data })).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringMatching(/Rotate again in \d+ s, or withdraw/),
    });
  });
});
