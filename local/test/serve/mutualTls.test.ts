import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  lapsed,
  makeCa,
  makeClient,
  makeIntermediate,
  makeSelfSigned,
  notYet,
  type TestCertificate,
} from '../../../test/support/certificates.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { ask, domainAssembly, mapping } from '../support/domains.ts';

const MTLS = { MutualTlsAuthentication: { TruststoreUri: 's3://assets/trust.pem' }, SecurityPolicy: 'TLS_1_2' };
const Log = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'access' } };

let ca: TestCertificate;
let partner: TestCertificate;
let gateway: LocalGateway;
const data = temporaryFolder();

function assembly(api: object = {}): string {
  return domainAssembly({
    apis: ['One'],
    api,
    domains: { Own: { DomainName: 'api.example.com', ...MTLS }, Open: { DomainName: 'open.example.com' } },
    resources: { OwnMapping: mapping('Own', 'One'), OpenMapping: mapping('Open', 'One'), Log },
    trustStore: ca.cert,
  });
}

beforeAll(async () => {
  ca = await makeCa();
  partner = await makeClient(ca, { commonName: 'partner', organization: 'Acme' });
  gateway = await serve({ assembly: assembly({ DisableExecuteApiEndpoint: true }), data, port: 0 });
});
afterAll(() => gateway?.close());

const by = (certificate: TestCertificate, cert = certificate.chain): RequestOptions => ({ cert, key: certificate.key });

/** The status, or `closed`. */
async function outcome(options: RequestOptions, host = 'api.example.com'): Promise<number | string> {
  try {
    return (await ask(gateway.ready, host, '/x', options)).status;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ECONNRESET' || /TLS|SSL|EPIPE/.test(code ?? '') ? 'closed' : String(error);
  }
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('mutual TLS of a domain over %s', (version) => {
  const TLS = { minVersion: version, maxVersion: version };

  it('accepts a certificate of the trust store, and shows it to functions', async () => {
    const { event } = await ask(gateway.ready, 'api.example.com', '/x', { ...by(partner), ...TLS });
    const { clientCert } = event().requestContext.identity;
    expect(clientCert).toMatchObject({ subjectDN: 'O=Acme,CN=partner', issuerDN: 'CN=Test CA' });
    expect(clientCert.clientCertPem).toContain('-----BEGIN CERTIFICATE-----');
    expect(clientCert.serialNumber).toBe(partner.serial.toLowerCase().match(/../g)?.join(':'));
    expect(clientCert.validity.notAfter).toMatch(/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT$/);
  });

  it('closes the connection without a certificate', async () => {
    expect(await outcome(TLS)).toBe('closed');
  });

  it('responds with 403 to a certificate of another CA, also one of the same name, and to a self-signed one', async () => {
    for (const other of [await makeClient(await makeCa({ commonName: 'Other' })), await makeClient(await makeCa())])
      expect(await outcome({ ...by(other), ...TLS })).toBe(403);
    expect(await outcome({ ...by(await makeSelfSigned()), ...TLS })).toBe(403);
  });

  it('responds with 403 to a certificate that has lapsed or is not valid yet, and to one for servers', async () => {
    for (const dates of [lapsed(), notYet()])
      expect(await outcome({ ...by(await makeClient(ca, dates)), ...TLS })).toBe(403);
    const server = await makeClient(ca, { usages: ['1.3.6.1.5.5.7.3.1'] });
    expect(await outcome({ ...by(server), ...TLS })).toBe(403);
  });

  it('responds with 403 where the CA of a certificate is not in the trust store, whether the client sends it or not', async () => {
    const below = await makeClient(await makeIntermediate(ca));
    expect(await outcome({ ...by(below), ...TLS })).toBe(403);
    expect(await outcome({ ...by(below, below.cert), ...TLS })).toBe(403);
    const lapsedCa = await makeIntermediate(ca, lapsed());
    expect(await outcome({ ...by(await makeClient(lapsedCa)), ...TLS })).toBe(403);
  });
});

describe('the hosts beside a domain with mutual TLS', () => {
  it('need no certificate when they are other domains', async () => {
    expect(await outcome({}, 'open.example.com')).toBe(200);
  });

  it('do not lead to the domain', async () => {
    expect(await outcome({ servername: 'open.example.com' })).toBe(403);
    expect(await outcome({ servername: 'open.example.com', ...by(partner) })).toBe(403);
    expect(await outcome({ ...by(partner), servername: 'api.example.com' }, 'open.example.com')).toBe(403);
  });

  it('ask for what the domain asks for when they are localhost and the address of the API is switched off', async () => {
    expect(await outcome({}, 'localhost')).toBe('closed');
    expect(await outcome(by(await makeClient(await makeCa())), 'localhost')).toBe(403);
    expect(await outcome(by(partner), 'localhost')).toBe(200);
  });

  it('need none when they are localhost and the address of the API is not switched off', async () => {
    const other = await serve({ assembly: assembly(), data: temporaryFolder(), port: 0 });
    onTestFinished(() => other.close());
    expect((await ask(other.ready, 'localhost', '/x')).status).toBe(200);
    await expect(ask(other.ready, 'api.example.com', '/x')).rejects.toThrow();
    expect((await ask(other.ready, 'api.example.com', '/x', by(partner))).status).toBe(200);
  });
});

it('needs another start when an update adds mutual TLS', async () => {
  const without = domainAssembly({
    apis: ['One'],
    domains: { Own: { DomainName: 'api.example.com' } },
    resources: { OwnMapping: mapping('Own', 'One') },
  });
  const other = await serve({ assembly: without, data: temporaryFolder(), port: 0 });
  onTestFinished(() => other.close());
  await expect(other.update({ assembly: assembly() })).rejects.toMatchObject({ code: 'restart-needed' });
  expect((await ask(other.ready, 'api.example.com', '/x')).status).toBe(200);
});

it('ends connections of an earlier trust store no later than their next handshake', async () => {
  const next = await makeCa({ commonName: 'Next CA' });
  const mine = await makeClient(next);
  expect(await outcome(by(mine))).toBe(403);
  const before = ca;
  ca = next;
  await gateway.update({ assembly: assembly({ DisableExecuteApiEndpoint: true }) });
  ca = before;
  expect([await outcome(by(mine)), await outcome(by(partner))]).toEqual([200, 403]);
});

it('fails at the start when the trust store is not in the assembly', async () => {
  const folder = domainAssembly({ apis: ['One'], domains: { Own: { DomainName: 'api.example.com', ...MTLS } } });
  const start = serve({ assembly: folder, data: temporaryFolder(), port: 0 });
  await expect(start).rejects.toMatchObject({ code: 'missing-asset' });
  expect(readFileSync(join(data, 'ready.json'), 'utf8')).toContain('url');
});
