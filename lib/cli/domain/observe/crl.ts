import type { X509Certificate } from 'node:crypto';
import { readOne, sequenceOf, X509Invalid } from '../../../../lambdas/shared/x509/der.ts';
import type { Extensions } from '../../../../lambdas/shared/x509/extensions.ts';
import { derOfFile } from '../../../../lambdas/shared/x509/pem.ts';
import { readSignedList } from '../../../../lambdas/shared/x509/revocationList.ts';
import { crlUrls, fieldsOf, urisIn } from './certificateFields.ts';

/** What a list or a response says of one certificate; `reason` follows the address that it came from. */
export type Statement =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly revokedAt: Date }
  | { readonly status: 'unknown'; readonly reason: string };

/** Clocks differ a little. */
export const SKEW_MS = 300_000;

/** Public CAs split their lists, and say in this critical extension which certificates a part covers (RFC 5280, section 5.2.5). */
const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';
/** Its fields: the address of the part; only for end entities; only for CAs. Those after them make a list partial or indirect. */
const PART = { address: 0xa0, users: 0x81, authorities: 0x82 } as const;

/** Reads a revocation list (RFC 5280, section 5) about one certificate. It counts only if the issuer signed it, it is current and covers it. */
export function readCrl(bytes: Buffer, subject: X509Certificate, issuer: X509Certificate, now: Date): Statement {
  try {
    const { serial, issuer: name } = fieldsOf(subject);
    const list = readSignedList(derOfFile(bytes, ['X509 CRL']), { subject: name.whole, publicKey: issuer.publicKey });
    const { revoked, thisUpdate, nextUpdate, extensions } = list;
    if (!covers(extensions, subject)) return unknown('does not cover the certificate');
    if (thisUpdate > now.getTime() + SKEW_MS) return unknown('is of the future');
    if (nextUpdate !== undefined && nextUpdate < now.getTime() - SKEW_MS) {
      return unknown(`lapsed at ${new Date(nextUpdate).toISOString()}`);
    }
    const revokedAt = revoked.get(serial);
    return revokedAt === undefined ? { status: 'good' } : { status: 'revoked', revokedAt: new Date(revokedAt) };
  } catch (error) {
    return unknown(error instanceof X509Invalid ? error.message : 'is no revocation list');
  }
}

/** Whether a list says something about a certificate that is not on it. */
function covers(extensions: Extensions, certificate: X509Certificate): boolean {
  const critical = [...extensions].filter(([, { isCritical }]) => isCritical);
  if (critical.some(([oid]) => oid !== ISSUING_DISTRIBUTION_POINT)) return false;
  const part = extensions.get(ISSUING_DISTRIBUTION_POINT);
  if (part === undefined) return true;
  return sequenceOf(readOne(part.value)).every((field) => {
    if (field.tag === PART.users) return !certificate.ca;
    if (field.tag === PART.authorities) return certificate.ca;
    const addresses = crlUrls(certificate);
    return field.tag === PART.address && urisIn(field).some((uri) => addresses.includes(uri));
  });
}

function unknown(reason: string): Statement {
  return { status: 'unknown', reason };
}
