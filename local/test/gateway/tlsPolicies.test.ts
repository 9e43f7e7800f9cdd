import { connect as connectTcp } from 'node:net';
import { type ConnectionOptions, connect, createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startServer } from '../../gateway/server.ts';
import { POLICY_NAMES, tlsPolicy } from '../../gateway/tlsPolicies.ts';
import { anApi } from '../support/gateway.ts';
import { type TestTls, testTls } from '../support/services.ts';

let tls: TestTls;
let server: ApiServer;
beforeAll(async () => {
  tls = await testTls();
  const api = anApi();
  const gateway = async () => ({ kind: 'response' as const, status: 200, headers: [], body: 'ok' });
  server = await startServer(api, () => ({ gateway, end: () => undefined }), { tls, port: 0, print: () => undefined });
});
afterAll(() => server.close());

function apply(securityPolicy: string): void {
  server.update({ securityPolicy, minTlsVersion: tlsPolicy(securityPolicy).minVersion }, []);
}

/** The version, suite and key exchange that a client gets, or `rejected`. */
function negotiated(options: ConnectionOptions): Promise<string> {
  return new Promise((done) => {
    const socket = connect({
      port: server.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: tls.caPem,
      ...options,
    });
    socket.once('secureConnect', () => {
      const { name = 'hybrid' } = socket.getEphemeralKeyInfo() as { name?: string };
      done(`${socket.getProtocol()} ${socket.getCipher().name} ${name}`);
      socket.destroy();
    });
    socket.once('error', () => done('rejected'));
    socket.once('close', () => done('rejected'));
  });
}

const TLS12: ConnectionOptions = { maxVersion: 'TLSv1.2' };

describe('every security policy of API Gateway', () => {
  it.each(POLICY_NAMES)('%s is one that Node can offer', (name) => {
    expect(() => createSecureContext({ ...tlsPolicy(name) })).not.toThrow();
  });

  it.each(POLICY_NAMES)('%s accepts TLS 1.3, and 1.2 only where its name says so', async (name) => {
    apply(name);
    expect(await negotiated({ minVersion: 'TLSv1.3' })).toMatch(/^TLSv1.3 /);
    const is13 = /TLS13_1_3|TLS13_2025/.test(name);
    expect(await negotiated(TLS12)).toMatch(is13 ? /^rejected$/ : /^TLSv1.2 ECDHE-ECDSA-AES/);
  });

  it('rejects CBC suites where the policy has forward secrecy with authenticated encryption alone', async () => {
    const cbc = { ...TLS12, ciphers: 'ECDHE-ECDSA-AES128-SHA256' };
    apply('SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09');
    expect(await negotiated(cbc)).toBe('rejected');
    apply('TLS_1_2');
    expect(await negotiated(cbc)).toMatch(/^TLSv1.2 ECDHE-ECDSA-AES128-SHA256/);
  });

  it('rejects ChaCha20 and X25519 under a FIPS policy', async () => {
    apply('SecurityPolicy_TLS13_1_3_FIPS_2025_09');
    expect(await negotiated({ ciphers: 'TLS_CHACHA20_POLY1305_SHA256' })).toBe('rejected');
    expect(await negotiated({ ecdhCurve: 'X25519' })).toBe('rejected');
    expect(await negotiated({ ecdhCurve: 'P-256' })).toMatch(/prime256v1$/);
  });

  it('exchanges keys by ML-KEM under a post-quantum policy, and not under the modern one', async () => {
    const hybrid = { ecdhCurve: 'X25519MLKEM768' };
    apply('SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09');
    expect(await negotiated(hybrid)).toMatch(/^TLSv1.3 /);
    apply('SecurityPolicy_TLS13_1_3_2025_09');
    expect(await negotiated(hybrid)).toBe('rejected');
    expect(await negotiated({ ecdhCurve: 'P-521' })).toBe('rejected');
  });

  it('reads an unknown policy by its name', () => {
    expect(tlsPolicy('SecurityPolicy_TLS13_1_3_2030_01').minVersion).toBe('TLSv1.3');
    expect(tlsPolicy('SecurityPolicy_TLS13_1_2_2030_01').ciphers).not.toContain('ECDHE-ECDSA-AES128-SHA256');
    expect(tlsPolicy('constructor').minVersion).toBe('TLSv1.2');
  });
});

it('closes the connection of plain HTTP on the TLS port, and sends nothing of the API', async () => {
  const received = await new Promise<string>((done) => {
    let text = '';
    const socket = connectTcp(server.port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\n\r\n'),
    );
    socket.on('data', (part) => {
      text += part.toString('latin1');
    });
    socket.once('error', () => undefined);
    socket.once('close', () => done(text));
  });
  // Nothing, or a TLS alert.
  expect(received).not.toMatch(/HTTP|ok/);
  expect(received.length).toBeLessThan(16);
});
