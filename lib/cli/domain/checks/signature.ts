import type { X509Certificate } from 'node:crypto';
import { WEAK_SIGNATURES } from '../../../../lambdas/shared/x509/weakSignatures.ts';
import { fieldsOf } from '../observe/certificateFields.ts';
import type { Check } from '../observe/facts.ts';
import { certificateAt, fault } from './finding.ts';

/** No certificate of the path has a signature by SHA-1 or older. That of a trusted certificate is never used. */
export const signature: Check = (facts) => {
  const { path } = facts;
  const isSigned = path?.end === 'self-signed' ? [] : (path?.certificates ?? []);
  return isSigned.flatMap((certificate) => {
    const weak = WEAK_SIGNATURES[algorithmOf(certificate)];
    if (weak === undefined) return [];
    return [
      fault('sha1-signature', {
        found: `${certificateAt(facts, certificate)} is signed by ${weak}`,
        expected: 'a signature by SHA-256 or later',
        fix: 'Get a new certificate. If the CA still signs with this hash, choose another CA.',
      }),
    ];
  });
};

function algorithmOf(certificate: X509Certificate): string {
  try {
    return fieldsOf(certificate).signature;
  } catch {
    return '';
  }
}
