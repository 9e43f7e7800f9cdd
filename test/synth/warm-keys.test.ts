import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fetchWarmKeys } from '../../lib/construct/identity/warmKeys.ts';
import { Identity } from '../../lib/construct/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { localCertificate } from '../unit/authorizer/support/services.ts';
import { withSmall } from './support.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ONE = { ...pair.publicKey.export({ format: 'jwk' }), kty: 'EC', kid: 'one', use: 'sig', alg: 'ES256' };
const KEYS = {
  keys: [
    { ...ONE, x5c: ['certificate'] },
    { ...ONE, kid: 'two', use: 'enc' },
    { ...ONE, kid: 'three', key_ops: ['sign'] },
    { ...ONE, kid: 'four', x: 'xx' },
    null,
  ],
};
const folder = temporaryFolder();
let worker: Worker;
let url: string;

/** A provider in a separate thread: the synth waits for it, and so does this thread. */
beforeAll(async () => {
  const { key, cert } = await localCertificate();
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, cert);
  vi.stubEnv('NODE_EXTRA_CA_CERTS', ca);
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    const server = require('node:https').createServer(workerData.tls, (request, response) => {
      if (request.url === '/hang') return;
      response.writeHead(request.url === '/gone' ? 404 : 200);
      const keys = request.url === '/unfit' ? { keys: [{ kty: 'oct' }] } : workerData.keys;
      if (request.url === '/large') return response.end(JSON.stringify({ ...workerData.keys, more: 'x'.repeat(3_000_000) }));
      if (request.url === '/too-large') return response.end('x'.repeat(6_000_000));
      response.end(request.url === '/page' ? '<html>' : JSON.stringify(keys));
    });
    server.listen(0, () => parentPort.postMessage(server.address().port));`;
  worker = new Worker(code, { eval: true, workerData: { tls: { key, cert }, keys: KEYS } });
  const port = await new Promise((done) => {
    worker.once('message', done);
  });
  url = `https://localhost:${port}`;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await worker.terminate();
  rmSync(folder, { recursive: true, force: true });
});

const now = new Date(Date.now() - 60_000);

describe('keys read at synth', () => {
  it('are those that are fit to verify signatures, with no more than they need', () => {
    expect(fetchWarmKeys(`${url}/jwks`, now)).toEqual({ readAt: now.toISOString(), keys: [ONE] });
  });

  it('can be in a set of some megabytes', () => {
    expect(fetchWarmKeys(`${url}/large`, now)).toMatchObject({ keys: [ONE] });
  });

  it.each([
    ['/gone', 'returned the status 404'],
    ['/page', 'returned something that is not a key set'],
    ['/hang', 'did not return keys within 3 seconds'],
    ['/unfit', 'returned no key that is fit to verify signatures'],
    ['/too-large', 'returned more than 5242880 bytes'],
  ])('are left out, with the reason, when the provider responds otherwise: %s', (path, reason) => {
    expect(fetchWarmKeys(`${url}${path}`, now)).toBe(`${url}${path} ${reason}`);
  });

  it('are left out without a network', () => {
    expect(fetchWarmKeys('https://nowhere.invalid/jwks', now)).toMatch(/did not return keys/);
  });

  it('go into the bundle of the authorizer, by the address they come from', () => {
    const identity = Identity.oidc({ issuer: url, audience: 'x', jwksUri: `${url}/jwks`, warmKeys: 'fetch' });
    const plain = Identity.oidc({ issuer: url, audience: 'x', jwksUri: `${url}/jwks` });
    const entry = 'in/authorizer/index.mjs';
    const bytes = withSmall({ identity: plain }, ({ bundles }) => bundles.authorizer.inputs[entry] ?? 0);
    withSmall({ identity }, ({ bundles }, stack) => {
      expect(bundles.authorizer.inputs[entry]).toBeGreaterThan(bytes);
      Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('issuer in the authorizer'));
    });
  });

  it('that could not be read are warned of, and the synth goes on', () => {
    const identity = Identity.oidc({ issuer: url, audience: 'x', jwksUri: `${url}/gone`, warmKeys: 'fetch' });
    withSmall({ identity }, (_, stack) => {
      Annotations.fromStack(stack).hasWarning(
        '*',
        Match.stringLikeRegexp('No keys of the issuer in the authorizer: .*/gone'),
      );
    });
  });

  const given = (...keys: readonly unknown[]) =>
    Identity.oidc({
      issuer: 'https://nowhere.invalid',
      jwksUri: 'https://nowhere.invalid/keys',
      audience: 'x',
      warmKeys: { readAt: now.toISOString(), keys: keys as never },
    });

  it('may be given, and are not read then', () => {
    const { warmUp } = given(...KEYS.keys);
    expect(warmUp?.warm()).toEqual({ readAt: now.toISOString(), keys: [ONE] });
  });

  it('are rejected if none is fit, or one is private', () => {
    expect(() => given()).toThrow(/identity-invalid at identity.warmKeys.keys: found none/);
    expect(() => given(null, { kty: 'oct' })).toThrow(/found \[0\] not-an-object, \[1\] type-unsupported/);
    expect(() => given(ONE, { ...ONE, d: 'AAAA' })).toThrow(/found a private key/);
  });
});

it('nothing is read unless asked for', () => {
  expect(
    Identity.oidc({ issuer: 'https://nowhere.invalid', jwksUri: 'https://nowhere.invalid/keys', audience: 'x' }).warmUp,
  ).toBeUndefined();
});
