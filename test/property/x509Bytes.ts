import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { TAGS, X509Invalid } from '../../lambdas/shared/x509/der.ts';
import { makeCa, makeClient, makeIntermediate } from '../support/certificates.ts';
import { der } from '../support/der.ts';
import { makeCrl } from '../support/revocationList.ts';

/** Certificates of every kind of key, and lists that the first of them signed. */
export async function realBytes() {
  const ca = await makeCa({ commonName: 'Pärtners', organization: 'Acme' });
  const client = await makeClient(ca, {
    commonName: 'acme',
    names: ['acme.example', '127.0.0.1'],
    uris: ['spiffe://acme/robot'],
    emails: ['ops@acme.example'],
    crlUrls: ['http://acme.example/crl'],
  });
  const others = [await makeIntermediate(ca, { keyType: 'RSA-2048' }), await makeClient(ca, { keyType: 'Ed25519' })];
  const certificates: readonly Buffer[] = [ca, client, ...others].map((one) => Buffer.from(one.der));
  const revoked = [
    await makeCrl(ca, { revoked: [client, '0a', 'ff00'] }),
    await makeCrl(ca, { nextUpdate: null, number: null }),
  ];
  const lists: readonly Buffer[] = revoked.map((one) => Buffer.from(one.der));
  return { ca: new X509Certificate(ca.cert), certificates, lists };
}

/** The result, or undefined for the typed fault. Every other error fails the property. */
export function orFault<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof X509Invalid) return undefined;
    throw error;
  }
}

/** The algorithm of a signature by Ed25519 (RFC 8410). */
export const ED25519 = der.sequence(der.value(TAGS.oid, Buffer.from('2b6570', 'hex')));
/** A time in DER. */
export const time = (text: string, tag: number = TAGS.utcTime) => der.value(tag, Buffer.from(text));

/** The text of a UTCTime. */
export function utc(date: Date): string {
  return date
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2);
}

/** A change of one byte, or a cut, in one of several originals. */
export const mutation = fc.record({
  of: fc.nat(),
  at: fc.nat(),
  flip: fc.integer({ min: 1, max: 255 }),
  cut: fc.boolean(),
});

/** An original with the change. */
export function mutated(
  originals: readonly Buffer[],
  { of, at, flip, cut }: { of: number; at: number; flip: number; cut: boolean },
) {
  const bytes = Buffer.from(originals[of % originals.length] ?? []);
  const position = at % bytes.length;
  if (cut) return bytes.subarray(0, position);
  bytes[position] = (bytes[position] ?? 0) ^ flip;
  return bytes;
}
