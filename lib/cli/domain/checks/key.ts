import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Check } from '../observe/facts.ts';
import { certificateAt, fault } from './finding.ts';

/** NIST SP 800-57 part 1, table 2: 112 bits of security. Public CAs sign no weaker key (CA/Browser Forum, section 6.1.5). */
const MIN_RSA_BITS = 2048;
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** No certificate of the path has a key that can be broken. */
export const key: Check = (facts) =>
  (facts.path?.certificates ?? []).flatMap((certificate) => {
    const weak = weaknessOf(certificate);
    if (weak === undefined) return [];
    return [
      fault('weak-key', {
        found: `${certificateAt(facts, certificate)} has ${weak}`,
        expected: `RSA of at least ${MIN_RSA_BITS} bits, P-256, P-384, P-521 or Ed25519`,
        fix: 'Make a new key, and get a certificate for it.',
      }),
    ];
  });

function weaknessOf(certificate: X509Certificate): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = readable(certificate) ?? {};
  if (type === 'rsa' || type === 'rsa-pss') {
    const { modulusLength = 0, publicExponent = 0n } = details ?? {};
    if (modulusLength < MIN_RSA_BITS) return `an RSA key of ${modulusLength} bits`;
    return publicExponent < 3n ? `the RSA exponent ${publicExponent}` : undefined;
  }
  if (type === 'ec') {
    const curve = details?.namedCurve ?? 'without a name';
    return CURVES.includes(curve) ? undefined : `a key on the curve ${curve}`;
  }
  if (type === 'ed25519' || type === 'ed448' || type?.startsWith('ml-dsa')) return undefined;
  return `a key of the type ${type ?? 'unknown'}`;
}

function readable(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}
