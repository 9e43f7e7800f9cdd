import type { Check } from '../observe/facts.ts';
import { fault, hostAndPort } from './finding.ts';

const EXPECTED = {
  unreachable: 'a server that responds',
  'not-tls': 'a TLS server on this port',
  'handshake-failed': 'a TLS handshake with a certificate of the server',
} as const;
const FIX = {
  unreachable: 'Check DNS records, firewall and port. For an address family that you do not serve, remove its record.',
  'not-tls': 'Serve TLS on the port, or name the right one in the URL.',
  'handshake-failed': 'Check the certificate and the key that the server loads, and the ciphers that it allows.',
} as const;

/** Whether a TLS server responds. A server that demands a client certificate has its own check. */
export const reachable: Check = ({ failure, clientCertificate, https, openssl, url }) => {
  const server = hostAndPort(url);
  if (failure !== undefined) {
    const { code, reason } = failure;
    return [
      fault(code, {
        found: `${server}: ${code === 'not-tls' ? `the response to a TLS handshake is ${reason}` : reason}`,
        expected: EXPECTED[code],
        fix: FIX[code],
      }),
    ];
  }
  if (clientCertificate === 'demanded') return [];
  if (https === undefined || !('reason' in https)) return [];
  const found = `${server}: ${https.reason}${openssl === undefined ? '' : `; ${openssl.reason}`}`;
  return [
    fault('no-http-response', {
      found,
      expected: 'an HTTP response over TLS with headers of at most 16 KB',
      fix: 'Check the server behind the TLS port.',
    }),
  ];
};
