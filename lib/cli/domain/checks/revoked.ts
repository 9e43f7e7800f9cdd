import type { Check } from '../observe/facts.ts';
import { fault, momentOf, nameOf, warning } from './finding.ts';

/** No certificate of the path is revoked. What cannot be known is a warning: responders fail more often than certificates. */
export const revoked: Check = ({ revocation }) =>
  revocation.flatMap(({ certificate, status, source, revokedAt }) => {
    if (status === 'revoked') {
      const when = revokedAt === undefined ? '' : ` at ${momentOf(revokedAt)}`;
      return [
        fault('revoked', {
          found: `${nameOf(certificate)} was revoked${when}, says ${source}`,
          expected: 'a certificate that its CA has not revoked',
          fix: 'Replace key and certificate now, and find out why it was revoked.',
        }),
      ];
    }
    if (status !== 'unknown') return [];
    return [
      warning('revocation-unknown', {
        found: `${nameOf(certificate)}: ${source}`,
        expected: 'a signed, current OCSP response or list',
        fix: 'Run the command again later. Use --strict to fail on warnings.',
      }),
    ];
  });
