import type { Check } from '../observe/facts.ts';
import { fault, unchecked } from './finding.ts';

const EXPECTED = {
  unreachable: 'a server that responds',
  'not-tls': 'a TLS handshake on this port',
  'handshake-failed': 'a handshake that ends, with a certificate of the server',
} as const;
const FIX = {
  unreachable: 'Check DNS records, firewall and port. For an address family that you do not serve, remove its record.',
  'not-tls': 'Serve TLS on the port, or name the right one in the URL.',
  'handshake-failed': 'Check the certificate and the key that the server loads, and the ciphers that it allows.',
} as const;

/** Whether a TLS server responds, and lets this client speak. */
export const reachable: Check = ({ failure, clientCertificate, https, openssl }) => {
  if (failure !== undefined) {
    const { code, reason } = failure;
    return [fault(code, { found: reason, expected: EXPECTED[code], fix: FIX[code] })];
  }
  if (clientCertificate === 'demanded') {
    return [
      unchecked('client-certificate-demanded', {
        found: 'the server ended the handshake, because it demands another client certificate, or one at all',
        expected: 'a connection whose HTTP response can be read',
        fix: 'Give a certificate that its trust store accepts: --cert client.pem --key client.key',
      }),
    ];
  }
  if (https === undefined || !('reason' in https)) return [];
  const found = `${https.reason}${openssl === undefined ? '' : ` (${openssl})`}`;
  return [
    fault('no-http-response', {
      found,
      expected: 'an HTTP response over TLS with headers of at most 16 KB',
      fix: 'Check the server behind the TLS port.',
    }),
  ];
};
