// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { createHash, X509Certificate as Parsed } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { X509Certificate, X509Crl, X509CrlReason } from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import type { KeyType } from '../support/certificateKeys.ts';
import {
  daysFromNow,
  lapsed,
  makeCa,
  makeClient,
  makeIntermediate,
  makeSelfSigned,
  makeServer,
  notYet,
  type TestCertificate,
} from '../support/certificates.ts';
import { makeCrl } from '../support/revocationList.ts';

/** The code with which a client rejects a server, or the name of the client that the server sees. */
async function handshake(
  server: TestCertificate,
  client: TestCertificate,
  trusted = server.root,
  crl?: string,
): Promise<string> {
  const weak = { ciphers: 'DEFAULT@SECLEVEL=0' };
  const listener = createServer(
    { cert: server.chain, key: server.key, ca: client.root, requestCert: true, rejectUnauthorized: true, crl, ...weak },
    (socket) => socket.end(String(socket.getPeerCertificate().subject.CN)),
  ).listen(0, '127.0.0.1');
  listener.on('tlsClientError', () => undefined);
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const socket: TLSSocket = connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: trusted,
    cert: client.chain,
    key: client.key,
    ...weak,
  });
  try {
    return await new Promise((done) => {
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
      socket.on('data', (data) => done(String(data)));
      socket.on('close', () => done('closed'));
    });
  } finally {
    socket.destroy();
    listener.close();
  }
}

describe('certificates for tests', () => {
  it.each<KeyType>(['P-256', 'P-384', 'RSA-1024', 'RSA-2048', 'RSA-3072', 'Ed25519'])(
    'work in TLS with %s',
    async (keyType) => {
      const ca = await makeCa({ keyType });
      const sub = await makeIntermediate(ca, { keyType, pathLength: 0 });
      const [server, client] = [
        await makeServer(sub, { keyType }),
        await makeClient(ca, { keyType, commonName: 'acme' }),
      ];
      expect(await handshake(server, client)).toBe('acme');
      expect(new Parsed(sub.cert).verify(new Parsed(ca.cert).publicKey)).toBe(true);
    },
  );

  it('are rejected for the fault that was asked for', async () => {
    const ca = await makeCa();
    const [client, other] = [await makeClient(ca), await makeCa({ key: ca.key, commonName: 'Other' })];
    const code = async (server: TestCertificate, trusted = ca.cert) => handshake(server, client, trusted);
    expect(await code(await makeServer(ca, lapsed()))).toBe('CERT_HAS_EXPIRED');
    expect(await code(await makeServer(ca, notYet()))).toBe('CERT_NOT_YET_VALID');
    expect(await code(await makeServer(ca, { names: ['example.com'] }))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await code(await makeSelfSigned())).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await code(await makeServer(other))).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await code(await makeServer(ca, { issuerKeyOf: await makeCa() }))).toBe('CERT_SIGNATURE_FAILURE');
    expect(await code(await makeServer(ca, { usages: ['1.3.6.1.5.5.7.3.2'] }))).toBe('INVALID_PURPOSE');
  });

  it('have the names, bytes and extensions that were asked for', async () => {
    const ca = await makeCa({ organization: 'Tests' });
    const bytes = Uint8Array.of(0x61, 0x00, 0xff);
    const made = await makeClient(ca, {
      commonName: 'a,b=c \u202e"\0',
      serial: '0abc',
      names: ['a.example', '::1', '2001:db8::7'],
      uris: ['spiffe://acme/robot'],
      emails: ['robot@acme.example'],
      rawNames: [{ tag: 2, bytes }],
      crlUrls: ['http://crl.example/ca.crl'],
      extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }],
      hash: 'SHA-1',
    });
    const read = new X509Certificate(made.cert);
    expect(new Parsed(made.cert).subjectAltName).toContain('URI:spiffe://acme/robot, email:robot@acme.example');
    expect(new Parsed(made.cert).subjectAltName).toContain('IP Address:2001:DB8:0:0:0:0:0:7');
    expect(made.serial).toBe('0ABC');
    expect(Buffer.from(made.der).includes(Buffer.from(bytes))).toBe(true);
    expect(read.subjectName.getField('CN')).toEqual(['a,b=c \u202e"\0']);
    expect(read.signatureAlgorithm.hash).toMatchObject({ name: 'SHA-1' });
    expect(read.getExtension('1.2.3.4')?.critical).toBe(true);
    expect(new X509Certificate((await makeClient(ca, { commonName: null })).cert).subject).toBe('');
    expect(createHash('sha256').update(made.der).digest('hex')).toBe(
      new Parsed(made.cert).fingerprint256.replaceAll(':', '').toLowerCase(),
    );
  });

  it('have revocation lists, good and bad ones', async () => {
    const [ca, other] = [await makeCa(), await makeCa()];
    const client = await makeClient(ca);
    const list = new X509Crl((await makeCrl(ca, { revoked: [client, '0a'], reason: X509CrlReason.superseded })).pem);
    const { publicKey } = new X509Certificate(ca.cert);
    expect(await list.verify({ publicKey })).toBe(true);
    expect(list.findRevoked(client.serial)?.reason).toBe(X509CrlReason.superseded);
    const bare = new X509Crl(new Uint8Array((await makeCrl(ca, { nextUpdate: null, number: null })).der));
    expect([bare.nextUpdate, bare.getExtension('2.5.29.20')]).toEqual([undefined, null]);
    const past = { thisUpdate: daysFromNow(-9), nextUpdate: daysFromNow(-1) };
    const forged = new X509Crl((await makeCrl(ca, { signedBy: other, ...past })).pem);
    expect(await forged.verify({ publicKey })).toBe(false);
    const server = await makeServer(ca);
    const seen = async (crl: string) => handshake(server, client, ca.cert, crl);
    expect(await seen((await makeCrl(ca, { revoked: ['0a'] })).pem)).toBe('client');
    expect(await seen((await makeCrl(ca, { revoked: [client] })).pem)).toMatch(/^(closed|ECONNRESET)$/);
    expect(forged.nextUpdate?.getTime()).toBeLessThan(Date.now());
  });
});
