import type { SecureContextOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeServer } from '../support/certificates.ts';
import { ca, check, good } from '../support/domainCheck.ts';
import { httpsServer, WEAK } from '../support/faultyServer.ts';

describe('weak cryptography', () => {
  it.each<[string, SecureContextOptions]>([
    ['TLS 1.3', { ecdhCurve: 'X25519MLKEM768' }],
    ['TLS 1.3', { ecdhCurve: 'P-521' }],
    ['TLS 1.0', { ...WEAK, minVersion: 'TLSv1', maxVersion: 'TLSv1' }],
  ])('%s alone is seen, with the settings %j', async (version, options) => {
    const { stdout } = await check(await httpsServer(good, options));
    expect(JSON.parse(stdout).endpoints[0].addresses[0].tls.versions).toEqual([version]);
  });

  it('a weak key', async () => {
    const weak = await makeServer(ca, { keyType: 'RSA-1024' });
    expect((await check(await httpsServer(weak, WEAK))).faults).toEqual(['weak-key']);
  });

  it('a signature by SHA-1', async () => {
    const old = await makeServer(ca, { hash: 'SHA-1' });
    expect((await check(await httpsServer(old, WEAK))).faults).toEqual(['sha1-signature']);
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
});
