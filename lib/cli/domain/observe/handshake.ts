import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Failure } from './facts.ts';
import { failureOf, lateness } from './failure.ts';
import type { Target } from './probe.ts';

/** A client certificate and its key, as PEM. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

/** What a whole handshake shows. */
export interface Handshake {
  /** Server first. */
  readonly sent: readonly X509Certificate[];
  readonly stapled?: Buffer;
  readonly version: string;
  readonly cipher: string;
}

/** More than any real chain. OpenSSL ends a handshake with more than 100 KB of certificates by itself. */
const MAX_CHAIN = 20;

/**
 * Options that accept what this command has to find: old versions, weak keys and signatures. The checks inspect the
 * certificates, so that each fault is named, not only the first.
 */
export function probingOptions({ address, port, host }: Target, identity?: ClientIdentity) {
  return {
    host: address,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: false,
    minVersion: 'TLSv1' as const,
    ciphers: 'DEFAULT:@SECLEVEL=0',
    ...identity,
  };
}

/** Does one handshake without trusting anything, so that the chain is what the server sent and nothing that this machine has. */
export function handshake(target: Target, identity?: ClientIdentity): Promise<Handshake | Failure> {
  return new Promise((resolve) => {
    let stapled: Buffer | undefined;
    const socket: TLSSocket = connect({ ...probingOptions(target, identity), ca: [], requestOCSP: true });
    const end = (result: Handshake | Failure) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end(lateness('the TLS handshake did not end', target.timeoutMs)), target.timeoutMs);
    socket.on('OCSPResponse', (response: Buffer | null) => {
      stapled = response === null || response.length === 0 ? undefined : response;
    });
    socket.once('secureConnect', () => {
      const version = socket.getProtocol() ?? 'unknown';
      const sent = chainOf(socket.getPeerX509Certificate());
      end({ sent, version, cipher: socket.getCipher().standardName, ...(stapled && { stapled }) });
    });
    socket.once('error', (error) => end(failureOf(error)));
    socket.once('close', () => end({ reason: 'the server closed the connection' }));
  });
}

/** Not by `getPeerCertificate()`: in Node.js 24 it ends the process at a certificate with a damaged key on a curve. */
function chainOf(leaf: X509Certificate | undefined): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  for (let one = leaf; one !== undefined; one = one.issuerCertificate) {
    if (seen.has(one.fingerprint256) || chain.length >= MAX_CHAIN) break;
    seen.add(one.fingerprint256);
    chain.push(one);
  }
  return chain;
}
