import type { Check } from '../observe/facts.ts';
import { fault, issuerOf, nameOf } from './finding.ts';

/** What OpenSSL says of faults that checks of their own name more exactly. */
const NAMED_ELSEWHERE = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The certificates lead to one that is trusted. */
export const trust: Check = ({ path, sent, openssl }) => {
  const last = path?.certificates.at(-1);
  if (path === undefined || last === undefined) return [];
  if (path.end === 'self-signed') {
    return [
      fault('self-signed', {
        found: `${nameOf(last)} signed itself`,
        expected: 'a certificate of a CA',
        fix: 'Get one from a CA, such as ACM or Let’s Encrypt, or from your own, and name that with --ca.',
      }),
    ];
  }
  if (path.end === 'untrusted') {
    return [
      fault('untrusted-issuer', {
        found: `the certificates lead to ${nameOf(last)}, which is not trusted here`,
        expected: 'a path to a trusted CA',
        fix: 'For a CA of your own, name its certificate with --ca. Otherwise get a certificate of a public CA.',
      }),
    ];
  }
  if (path.end === 'incomplete') {
    return [
      fault('chain-incomplete', {
        found: `${sent.length} of the server's certificates, and not that of ${issuerOf(last)}, which signed ${nameOf(last)}`,
        expected: 'each certificate between that of the server and a trusted CA',
        fix: 'Serve the intermediate certificates, too (the full chain). For a CA of your own, name it with --ca.',
      }),
    ];
  }
  if (openssl === undefined || NAMED_ELSEWHERE.has(openssl)) return [];
  return [
    fault('certificate-rejected', {
      found: `${openssl} from OpenSSL`,
      expected: 'certificates that clients accept for a server',
      fix: 'Issue the certificate for the purpose serverAuth, within the names and lengths that its CA allows.',
    }),
  ];
};
