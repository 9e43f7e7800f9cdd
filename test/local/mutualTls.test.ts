import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SecureApi } from '../../lib/construct/index.ts';
import { lapsed, makeCa, makeClient, type TestCertificate } from '../support/certificates.ts';
import { type ClientResponse, clientOf } from '../support/client.ts';
import { notes, notesHandlers, notesIdentity } from '../support/corsApi.ts';
import { temporaryFolder } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';
import { issueCertificate, publishList } from '../support/partnerCa.ts';

const HOST = 'api.example.com';
/** A revocation counts within this time after its list is published. */
const STATED_MS = 30_000;
let gateway: RunningGateway;
let partners: string;
let token: string;

type Pair = Pick<TestCertificate, 'cert' | 'key'>;
const issued = (name: string, ...more: readonly string[]) => issueCertificate(partners, name, ...more);
const publish = (...args: readonly string[]) => publishList(partners, gateway, ...args);
const send = (pair: Pair | undefined, call: { token?: string; path?: string; maxVersion?: 'TLSv1.2' } = {}) => {
  const { path = '/notes/1', maxVersion, ...rest } = call;
  const client = clientOf(
    { url: gateway.ready.url, ca: gateway.ready.ca },
    { servername: HOST, agent: false, ca: readFileSync(gateway.ready.ca), ...pair, ...(maxVersion && { maxVersion }) },
  );
  return client('GET', path, { ...rest, headers: { host: `${HOST}:${new URL(gateway.ready.url).port}` } });
};
const outcome = (response: Promise<ClientResponse>) =>
  response.then(
    ({ status }) => status,
    () => 'no connection',
  );

let acme: Awaited<ReturnType<typeof issued>>;
beforeAll(async () => {
  partners = join(temporaryFolder(), 'partner-ca');
  expect(await cli(['certs', 'ca', '--dir', partners])).toMatchObject({ code: 0 });
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  new SecureApi(new Stack(app, 'Notes', { env: { account: '111111111111', region: 'eu-central-1' } }), 'Api', {
    definition: notes,
    handlers: notesHandlers,
    identity: notesIdentity,
    domain: { name: HOST, dns: 'external' },
    tls: 'legacy-1.2',
    mtls: {
      trustStore: join(partners, 'ca.pem'),
      revocation: true,
      client: { from: 'commonName', names: { acme: 'acme', globex: 'globex' } },
    },
  });
  app.synth();
  gateway = await startGateway({ assembly: outdir, args: ['--verbose'] });
  acme = await issued('acme');
  token = await gateway.token('reader', { tier: 'wide', client: 'acme' });
  await publish('crl');
}, 120_000);
afterAll(() => gateway?.stop());

describe('an API with mutual TLS', () => {
  it('responds to a client with a certificate of the trust store and a token, over TLS 1.2', async () => {
    const response = await send(acme, { token, maxVersion: 'TLSv1.2' });
    expect([response.status, response.json()]).toEqual([200, expect.anything()]);
    expect(await outcome(send(acme))).toBe(401);
  });

  it.each<[string, () => Promise<Pair | undefined>, string | number]>([
    ['without certificate', async () => undefined, 'no connection'],
    ['of another CA', async () => makeClient(await makeCa()), 403],
    ['lapsed, of another CA', async () => makeClient(await makeCa(), lapsed()), 403],
    ['with a name that maps to no client', () => issued('initech'), 401],
    ['of another client than the token', () => issued('globex'), 401],
  ])('rejects a client %s', async (_, pairOf, expected) => {
    const pair = await pairOf();
    expect(await outcome(send(pair, { token }))).toBe(expected);
  });

  it('responds to a certificate that is not trusted with a whole problem, and logs that the gateway rejected it', async () => {
    for (const path of ['/notes/1', '/health']) {
      const response = await send(await makeClient(await makeCa()), { token, path });
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(response.json()).toEqual({
        type: 'https://secure-api.dev/errors/forbidden',
        title: 'Forbidden',
        status: 403,
        code: 'forbidden',
        detail: expect.stringContaining('client certificate is not trusted'),
        instance: response.headers['x-amzn-requestid'],
      });
    }
    await vi.waitFor(() =>
      expect(gateway.output()).toMatch(/GET \/health 403 .*gateway: client certificate not trusted/),
    );
    expect(gateway.output()).not.toMatch(/ 403 .*authorizer/);
  });

  it('serves public routes to every client of the trust store, also to one that maps to no client', async () => {
    expect(await outcome(send(await issued('hooli'), { path: '/health' }))).toBe(200);
    expect(await outcome(send(undefined, { path: '/health' }))).toBe('no connection');
  });

  it('rejects a revoked certificate within the stated time, and other ones never', async () => {
    const other = await issued('acme');
    await publish('revoke', acme.file, '--reason', 'keyCompromise');
    const from = Date.now();
    let status = await outcome(send(acme, { token }));
    while (status === 200 && Date.now() - from < STATED_MS + 5_000) {
      await sleep(250);
      status = await outcome(send(acme, { token }));
    }
    expect(status).toBe(401);
    expect(Date.now() - from).toBeLessThan(STATED_MS + 2_000);
    expect(await outcome(send(other, { token }))).toBe(200);
  }, 60_000);

  it('logs why, and no certificate', async () => {
    await vi.waitFor(() => {
      for (const reason of ['certificate-revoked', 'certificate-client-unknown', 'certificate-client-mismatch']) {
        expect(gateway.output()).toContain(reason);
      }
    });
    expect(gateway.output()).not.toContain('BEGIN CERTIFICATE');
  });
});
