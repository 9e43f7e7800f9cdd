import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../local/serve/serve.ts';
import { domainAssembly, mapping } from '../../local/test/support/domains.ts';
import { makeCa, makeClient } from '../support/certificates.ts';
import { httpServer } from '../support/faultyServer.ts';
import { temporaryFolder } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';

const MTLS = { MutualTlsAuthentication: { TruststoreUri: 's3://assets/trust.pem' }, SecurityPolicy: 'TLS_1_2' };
const folder = temporaryFolder();
const data = temporaryFolder();
const [cert, key] = [join(folder, 'partner.pem'), join(folder, 'partner.key')];
let gateway: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const ca = await makeCa();
  const partner = await makeClient(ca);
  writeFileSync(cert, partner.chain);
  writeFileSync(key, partner.key);
  const assembly = domainAssembly({
    apis: ['One'],
    domains: { Own: { DomainName: 'api.example.com', ...MTLS }, Open: { DomainName: 'open.example.com' } },
    resources: { OwnMapping: mapping('Own', 'One'), OpenMapping: mapping('Open', 'One') },
    trustStore: ca.cert,
  });
  gateway = await serve({ assembly, data, port: 0 });
});
afterAll(() => gateway?.close());

async function check(host: string, ...more: readonly string[]) {
  const url = `https://${host}:${new URL(gateway.ready.url).port}`;
  const options = ['--address', '127.0.0.1', '--ready-file', join(data, 'ready.json'), '--floor', '1.2', '--json'];
  const { stdout, code } = await cli(['domain', 'check', url, ...options, ...more]);
  const [{ findings, tls }] = JSON.parse(stdout).endpoints[0].addresses;
  return { code, versions: tls.versions, codes: findings.map((one: { readonly code: string }) => one.code) };
}

// The handlers of this stack are not made by the construct, so they send no HSTS: a response that was read is known by that.
describe('domains of the local gateway', () => {
  const versions = ['TLS 1.2', 'TLS 1.3'];

  it('are examined by their names', async () => {
    expect(await check('open.example.com')).toEqual({ code: 3, versions, codes: ['hsts-missing'] });
  });

  it('with mutual TLS are examined with a client certificate', async () => {
    expect(await check('api.example.com', '--cert', cert, '--key', key)).toEqual({
      code: 3,
      versions,
      codes: ['hsts-missing'],
    });
  });

  it('differ from other untrusted servers in their CA: the fix names the ready file first', async () => {
    const url = `https://open.example.com:${new URL(gateway.ready.url).port}`;
    const { stdout } = await cli(['domain', 'check', url, '--address', '127.0.0.1', '--floor', '1.2', '--json']);
    const findings: { code: string; fix: string }[] = JSON.parse(stdout).endpoints[0].addresses[0].findings;
    const untrusted = findings.find(({ code }) => code === 'untrusted-issuer');
    expect(untrusted?.fix).toMatch(/^For the local gateway, name its ready file: --ready-file /);
  });

  it('with mutual TLS report a certificate of another CA, which API Gateway rejects by 403', async () => {
    const rogue = await makeClient(await makeCa());
    const files = [join(folder, 'rogue.pem'), join(folder, 'rogue.key')] as const;
    writeFileSync(files[0], rogue.chain);
    writeFileSync(files[1], rogue.key);
    const { code, codes } = await check('api.example.com', '--cert', files[0], '--key', files[1]);
    expect([code, codes[0]]).toEqual([3, 'client-certificate-rejected']);
  });

  it('with mutual TLS are reported without one', async () => {
    expect(await check('api.example.com')).toEqual({ code: 4, versions, codes: ['client-certificate-demanded'] });
  });
});

it('examines what a ready file names: each API, and plain HTTP of a distribution', async () => {
  const [api] = gateway.ready.apis;
  const readyFile = join(folder, 'ready.json');
  const http = await httpServer((_, response) => response.writeHead(404).end());
  const edge = { http: `http://localhost:${http}`, origin: api?.url };
  writeFileSync(readyFile, JSON.stringify({ ...gateway.ready, apis: [{ ...api, edge }] }));
  const { stdout } = await cli(['domain', 'check', '--ready-file', readyFile, '--floor', '1.2', '--json']);
  const [{ url, addresses }] = JSON.parse(stdout).endpoints;
  expect(url).toBe(`${api?.url}/`);
  expect(addresses[0].findings.map((one: { readonly code: string }) => one.code)).toContain('plain-http-answered');
});
