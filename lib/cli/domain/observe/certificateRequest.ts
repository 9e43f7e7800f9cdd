import { generateKeyPairSync } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { makeAuthority } from '../../certs/build.ts';
import { keySigner } from '../../certs/signer.ts';
import { type ClientIdentity, probingOptions } from './handshake.ts';
import type { Target } from './probe.ts';

/** The smallest certificate and its signature have more bytes than this. */
const MIN_DIFFERENCE = 200;
/** The last message of a handshake is sent within this time after its end. */
const GRACE_MS = 250;

/**
 * Whether a server asks for a client certificate. TLS 1.3 encrypts that question (RFC 8446, section 4.3.2), and Node.js does not show it. But a client
 * sends its certificate only to a server that asks: so the bytes that are sent with one and without one are compared. The certificate is made here, and
 * nobody trusts it.
 */
export async function requestsCertificate(target: Target): Promise<boolean> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const { pem: cert } = await makeAuthority(keySigner(key), {
    name: 'secure-api domain check',
    days: 1,
    permitted: [],
  });
  const [without = 0, having = 0] = await Promise.all([bytesSent(target), bytesSent(target, { cert, key })]);
  return having - without >= MIN_DIFFERENCE;
}

function bytesSent(target: Target, identity?: ClientIdentity): Promise<number> {
  return new Promise((resolve) => {
    const tcp = connectTcp({ host: target.address, port: target.port });
    const tls = connectTls({ ...probingOptions(target, identity), socket: tcp });
    const end = () => {
      clearTimeout(timer);
      resolve(tcp.bytesWritten);
      tls.destroy();
      tcp.destroy();
    };
    const timer = setTimeout(end, target.timeoutMs);
    tls.once('secureConnect', () => setTimeout(end, GRACE_MS));
    tls.on('error', end);
    tcp.on('error', end);
    tcp.once('close', end);
  });
}
