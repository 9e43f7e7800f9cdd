import type { X509Certificate } from 'node:crypto';
import { X509Invalid } from '../../../lambdas/shared/x509/der.ts';
import { RSASSA_PSS, signatureOf } from '../../../lambdas/shared/x509/signatureAlgorithm.ts';
import { algorithmOf, readSignedData } from '../../../lambdas/shared/x509/signedData.ts';
import { WEAK_SIGNATURES } from '../../../lambdas/shared/x509/weakSignatures.ts';

/**
 * The name of the weak or unknown algorithm that a certificate is signed with; undefined where both services and the authorizer accept it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/trust-stores-certificate-management.html
 */
export function rejectedSignature({ raw }: X509Certificate): string | undefined {
  try {
    const { algorithm } = readSignedData(raw);
    const how = signatureOf(algorithm);
    // Ed25519 and Ed448, which hash by themselves, are in none of the two lists.
    if (how !== undefined && how.hash !== null) return undefined;
    const oid = algorithmOf(algorithm);
    if (oid === RSASSA_PSS) return 'RSASSA-PSS without SHA-256, SHA-384 or SHA-512';
    return WEAK_SIGNATURES[oid] ?? `the algorithm with the object identifier ${oid}`;
  } catch (error) {
    if (error instanceof X509Invalid) return `an algorithm that ${error.message}`;
    throw error;
  }
}
