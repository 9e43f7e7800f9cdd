import { isIP } from 'node:net';
import { hostOf } from '../observe/addresses.ts';
import type { Check } from '../observe/facts.ts';
import { fault, hostAndPort } from './finding.ts';

const MAX_SHOWN = 300;

/** The certificate is for the host of the URL (RFC 9525): its common name does not count. */
export const name: Check = ({ sent: [leaf], url }) => {
  if (leaf === undefined) return [];
  const host = hostOf(url);
  const isFor =
    isIP(host) === 0 ? leaf.checkHost(host, { subject: 'never', partialWildcards: false }) : leaf.checkIP(host);
  if (isFor !== undefined) return [];
  const names =
    leaf.subjectAltName?.replaceAll(/(?<=^|, )(?:DNS|IP Address):/g, '') ?? 'no name (a common name does not count)';
  return [
    fault('wrong-name', {
      found: `the certificate of ${hostAndPort(url)} is for ${names.length > MAX_SHOWN ? `${names.slice(0, MAX_SHOWN)}…` : names}`,
      expected: `a certificate for ${host}`,
      fix: 'Add the name to the certificate, or correct the URL or the DNS record.',
    }),
  ];
};
