import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/cli/domain/observe/facts.ts';
import {
  lapsed,
  makeCa,
  makeCrl,
  makeIntermediate,
  makeSelfSigned,
  makeServer,
  notYet,
  type TestCertificate,
} from '../support/certificates.ts';
import { httpServer, httpsServer, WEAK } from '../support/faultyServer.ts';
import { temporaryFolder } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';

const folder = temporaryFolder();
const caFile = join(folder, 'ca.pem');
let ca: TestCertificate;
let good: TestCertificate;

beforeAll(async () => {
  ca = await makeCa();
  good = await makeServer(ca);
  writeFileSync(caFile, ca.cert);
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly findings: readonly Finding[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

async function check(target: number | string, more: readonly string[] = [], trust = ['--ca', caFile]): Promise<Result> {
  const url = typeof target === 'number' ? `https://localhost:${target}` : target;
  const { code, stdout, stderr } = await cli(['domain', 'check', url, '--json', '--timeout', '2', ...trust, ...more]);
  if (stdout === '') throw new Error(stderr);
  const { endpoints } = JSON.parse(stdout) as {
    endpoints: { findings: Finding[]; addresses: { findings: Finding[] }[] }[];
  };
  const findings = endpoints.flatMap((one) => [...one.findings, ...one.addresses.flatMap((each) => each.findings)]);
  const codes = (severity: string) => findings.filter((one) => one.severity === severity).map((one) => one.code);
  return { code, stdout, findings, faults: codes('fault'), warnings: codes('warning') };
}

describe('a faulty endpoint is named by exactly its fault', () => {
  it('none, when nothing is wrong', async () => {
    const result = await check(await httpsServer(good));
    expect(result.findings).toEqual([]);
    expect(result.code).toBe(0);
  });

  it('a lapsed certificate', async () => {
    const result = await check(await httpsServer(await makeServer(ca, lapsed())));
    expect([result.code, result.faults]).toEqual([3, ['lapsed']]);
  });

  it('a certificate that is not yet valid', async () => {
    expect((await check(await httpsServer(await makeServer(ca, notYet())))).faults).toEqual(['not-yet-valid']);
  });

  it('a certificate that signed itself', async () => {
    expect((await check(await httpsServer(await makeSelfSigned()))).faults).toEqual(['self-signed']);
  });

  it('a certificate for another name, also if the common name fits', async () => {
    const other = await makeServer(ca, { names: ['other.example'], commonName: 'localhost' });
    expect((await check(await httpsServer(other))).faults).toEqual(['wrong-name']);
  });

  it('a weak key', async () => {
    const weak = await makeServer(ca, { keyType: 'RSA-1024' });
    expect((await check(await httpsServer(weak, WEAK))).faults).toEqual(['weak-key']);
  });

  it('a signature by SHA-1', async () => {
    const old = await makeServer(ca, { hash: 'SHA-1' });
    expect((await check(await httpsServer(old, WEAK))).faults).toEqual(['sha1-signature']);
  });

  it('an incomplete chain', async () => {
    const { cert, key, ...rest } = await makeServer(await makeIntermediate(ca));
    expect((await check(await httpsServer({ ...rest, cert, key, chain: cert }))).faults).toEqual(['chain-incomplete']);
  });

  it.each(['TLSv1', 'TLSv1.1', 'TLSv1.2'] as const)('a version below the floor: %s', async (minVersion) => {
    const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA:TLS_AES_128_GCM_SHA256:@SECLEVEL=0';
    const port = await httpsServer(good, { minVersion, ciphers });
    const result = await check(port);
    expect(result.faults).toEqual(['tls-below-floor']);
    expect(result.findings[0]?.found).toContain(minVersion === 'TLSv1' ? 'TLS 1.0, TLS 1.1, TLS 1.2' : 'TLS 1.2');
    const relaxed = await check(port, ['--floor', '1.2']);
    expect(relaxed.faults).toEqual(minVersion === 'TLSv1.2' ? [] : ['tls-below-floor']);
  });

  it('a cipher without forward secrecy', async () => {
    const rsa = await makeServer(ca, { keyType: 'RSA-2048' });
    const ciphers = 'ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256';
    const result = await check(await httpsServer(rsa, { minVersion: 'TLSv1.2', ciphers }), ['--floor', '1.2']);
    expect(result.faults).toEqual(['no-forward-secrecy']);
    expect(result.findings[0]?.found).toContain('TLS_RSA_WITH_AES_128_GCM_SHA256');
  });

  it.each([
    ['hsts-missing', {}],
    ['hsts-too-short', { 'strict-transport-security': 'max-age=300; includeSubDomains' }],
    ['hsts-too-short', { 'strict-transport-security': 'includeSubDomains' }],
    ['hsts-too-short', { 'strict-transport-security': 'max-age=63072000; max-age=63072000' }],
  ])('%s: %j', async (fault, headers) => {
    expect((await check(await httpsServer(good, {}, headers))).faults).toEqual([fault]);
  });

  it('plain HTTP that is answered', async () => {
    const http = await httpServer((_, response) => response.end('{}'));
    const result = await check(await httpsServer(good), ['--http-port', String(http)]);
    expect(result.faults).toEqual(['plain-http-answered']);
  });

  it.each(['a list', 'a lapsed list', 'a list of another CA'])('a revoked certificate, by %s', async (kind) => {
    let list: Uint8Array = new Uint8Array();
    const port = await httpServer((_, response) => response.end(list));
    const server = await makeServer(ca, { crlUrls: [`http://127.0.0.1:${port}/ca.crl`] });
    const other = kind === 'a list of another CA' ? { signedBy: await makeCa() } : {};
    const dates = kind === 'a lapsed list' ? { nextUpdate: new Date(Date.now() - 86_400_000) } : {};
    list = (await makeCrl(ca, { revoked: [server], ...other, ...dates })).der;
    const result = await check(await httpsServer(server));
    const expected = kind === 'a list' ? [['revoked'], []] : [[], ['revocation-unknown']];
    expect([result.faults, result.warnings]).toEqual(expected);
    expect(result.code).toBe(kind === 'a list' ? 3 : 0);
  });
});
