import type { X509Certificate } from 'node:crypto';
import { fieldsOf } from './certificateFields.ts';
import { childOf, childrenOf, type Der, derOf, readDer, TAG, timeOf } from './der.ts';
import { isSignedBy } from './signedData.ts';

/** What a list or a response says of one certificate; `reason` follows the address that it came from. */
export type Statement =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly revokedAt: Date }
  | { readonly status: 'unknown'; readonly reason: string };

/** Clocks differ a little. */
export const SKEW_MS = 300_000;

/** Reads a revocation list (RFC 5280, section 5) about one certificate. It counts only if the issuer signed it and it is current. */
export function readCrl(bytes: Buffer, subject: X509Certificate, issuer: X509Certificate, now: Date): Statement {
  try {
    const list = readDer(derOf(bytes));
    if (!isSignedBy(list, issuer.publicKey)) return unknown('is not signed by the issuer of the certificate');
    const parts = childrenOf(childOf(list, 0));
    const [, name, from, to, entries] = parts[0]?.tag === TAG.integer ? parts.slice(1) : parts;
    const { serial, issuer: expected } = fieldsOf(subject);
    if (name === undefined || from === undefined) return unknown('is no revocation list');
    if (!name.bytes.equals(expected.bytes)) return unknown('is the list of another issuer');
    const hasEnd = to !== undefined && isTime(to);
    if (timeOf(from).getTime() > now.getTime() + SKEW_MS) return unknown('is of the future');
    if (hasEnd && timeOf(to).getTime() < now.getTime() - SKEW_MS) {
      return unknown(`lapsed at ${timeOf(to).toISOString()}`);
    }
    const revoked = hasEnd ? entries : to;
    if (revoked?.tag !== TAG.sequence) return { status: 'good' };
    for (const entry of childrenOf(revoked)) {
      if (childOf(entry, 0).content.equals(serial.content)) {
        return { status: 'revoked', revokedAt: timeOf(childOf(entry, 1)) };
      }
    }
    return { status: 'good' };
  } catch {
    return unknown('is no revocation list');
  }
}

function isTime({ tag }: Der): boolean {
  return tag === TAG.utcTime || tag === TAG.generalizedTime;
}

function unknown(reason: string): Statement {
  return { status: 'unknown', reason };
}
