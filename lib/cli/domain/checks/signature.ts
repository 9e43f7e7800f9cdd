import type { X509Certificate } from 'node:crypto';
import { fieldsOf } from '../observe/certificateFields.ts';
import type { Check } from '../observe/facts.ts';
import { certificateAt, fault } from './finding.ts';

/** Signatures whose hash has known collisions, by object identifier. */
const WEAK: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2 with RSA',
  '1.2.840.113549.1.1.4': 'MD5 with RSA',
  '1.2.840.113549.1.1.5': 'SHA-1 with RSA',
  '1.3.14.3.2.29': 'SHA-1 with RSA',
  '1.2.840.10040.4.3': 'SHA-1 with DSA',
  '1.2.840.10045.4.1': 'SHA-1 with ECDSA',
};

/** No certificate of the path has a signature by SHA-1 or older. That of a trusted certificate is never used. */
export const signature: Check = (facts) => {
  const { path } = facts;
  const isSigned = path?.end === 'self-signed' ? [] : (path?.certificates ?? []);
  return isSigned.flatMap((certificate) => {
    const weak = WEAK[algorithmOf(certificate)];
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
