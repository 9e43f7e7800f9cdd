import type { Check } from '../observe/facts.ts';
import { certificateAt, fault, momentOf, warning } from './finding.ts';

/** No certificate of the path is revoked. What cannot be known is a warning: responders fail more often than certificates. */
export const revoked: Check = (facts) =>
  facts.revocation.flatMap(({ certificate, status, source, revokedAt }) => {
    if (status === 'revoked') {
      const when = revokedAt === undefined ? '' : ` at ${momentOf(revokedAt)}`;
      return [
        fault('revoked', {
          found: `${certificateAt(facts, certificate)} was revoked${when}, according to ${source}`,
          expected: 'a certificate that its CA has not revoked',
          fix: 'Replace key and certificate now, and find out why it was revoked.',
        }),
      ];
    }
    if (status !== 'unknown') return [];
    return [
      warning('revocation-unknown', {
        found: `whether ${certificateAt(facts, certificate)} is revoked is unknown: ${source}`,
        expected: 'a signed, current OCSP response or list',
        fix: 'Run the command again later. Use --strict to fail on warnings.',
      }),
    ];
  });
