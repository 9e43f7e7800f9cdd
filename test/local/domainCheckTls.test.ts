import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  type CertificateOptions,
  lapsed,
  makeCa,
  makeIntermediate,
  makeServer,
  type TestCertificate,
} from '../support/certificates.ts';
import { ca, check, folder, good } from '../support/domainCheck.ts';
import { httpServer, httpsServer, WEAK } from '../support/faultyServer.ts';

describe('weak cryptography', () => {
  it.each<[string, SecureContextOptions]>([
    ['TLS 1.3', { ecdhCurve: 'X25519MLKEM768' }],
    ['TLS 1.3', { ecdhCurve: 'P-521' }],
    ['TLS 1.0', { ...WEAK, minVersion: 'TLSv1', maxVersion: 'TLSv1' }],
  ])('%s alone is seen, with the settings %j', async (version, options) => {
    const { stdout } = await check(await httpsServer(good, options));
    expect(JSON.parse(stdout).endpoints[0].addresses[0].tls.versions).toEqual([version]);
  });

  it.each<[string, CertificateOptions]>([
    ['RSA of 1024 bits', { keyType: 'RSA-1024' }],
    ['P-192', { keyType: 'P-192' }],
    ['DSA', { keyType: 'DSA-1024' }],
  ])('a weak key of the server: %s', async (_, options) => {
    const port = await httpsServer(await makeServer(ca, options), {
      ...WEAK,
      minVersion: 'TLSv1.2',
      dhparam: 'auto',
      ecdhCurve: 'prime256v1:prime192v1',
    });
    const result = await check(port, ['--floor', '1.2']);
    expect(result.faults).toContain('weak-key');
    expect(result.code).toBe(3);
  });

  it('a weak key of an intermediate CA', async () => {
    const weak = await makeServer(await makeIntermediate(ca, { keyType: 'RSA-1024' }));
    const result = await check(await httpsServer(weak, WEAK));
    expect(result.faults).toEqual(['weak-key']);
    expect(result.findings[0]?.found).toMatch(
      /^a CA certificate in the chain of localhost:\d+ \(CN=Test intermediate CA\)/,
    );
  });

  it.each<[string, () => Promise<TestCertificate>, readonly string[]]>([
    ['the server', () => makeServer(ca, { hash: 'SHA-1' }), ['sha1-signature']],
    ['an intermediate CA', async () => makeServer(await makeIntermediate(ca, { hash: 'SHA-1' })), ['sha1-signature']],
    [
      'both, and the key is weak too',
      async () => makeServer(await makeIntermediate(ca, { hash: 'SHA-1' }), { hash: 'SHA-1', keyType: 'RSA-1024' }),
      ['weak-key', 'sha1-signature', 'sha1-signature'],
    ],
  ])('a signature by SHA-1: of the certificate of %s', async (_, make, expected) => {
    expect((await check(await httpsServer(await make(), WEAK))).faults).toEqual(expected);
  });

  it('no signature of a trusted root, which no client reads', async () => {
    const old = await makeCa({ hash: 'SHA-1', commonName: 'Old' });
    const file = join(folder, 'old.pem');
    writeFileSync(file, old.cert);
    const server = await makeServer(old);
    const port = await httpsServer({ ...server, chain: server.chain + old.cert });
    expect((await check(port, [], ['--ca', file])).findings).toEqual([]);
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

  it.each([
    ['AES128-GCM-SHA256', 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
    ['AES256-SHA', 'TLS_RSA_WITH_AES_256_CBC_SHA'],
  ])('a cipher without forward secrecy: %s', async (cipher, name) => {
    const rsa = await makeServer(ca, { keyType: 'RSA-2048' });
    const ciphers = `ECDHE-RSA-AES128-GCM-SHA256:${cipher}:TLS_AES_128_GCM_SHA256`;
    const result = await check(await httpsServer(rsa, { minVersion: 'TLSv1.2', ciphers }), ['--floor', '1.2']);
    expect(result.faults).toEqual(['no-forward-secrecy']);
    expect(result.findings[0]?.found).toContain(name);
  });

  it('every fault of a server with several', async () => {
    const rsa = await makeServer(ca, { ...lapsed(), names: ['other.example'], keyType: 'RSA-1024', hash: 'SHA-1' });
    const http = await httpServer((_, response) => response.end('{}'));
    const port = await httpsServer(rsa, { ...WEAK, minVersion: 'TLSv1' }, {});
    expect((await check(port, ['--http-port', String(http)])).faults).toEqual([
      'lapsed',
      'wrong-name',
      'weak-key',
      'sha1-signature',
      'tls-below-floor',
      'no-forward-secrecy',
      'hsts-missing',
      'plain-http-answered',
    ]);
  });
});
