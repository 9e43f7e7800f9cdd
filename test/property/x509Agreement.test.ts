import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCertificate } from '../../lambdas/shared/x509/certificate.ts';
import { TAGS } from '../../lambdas/shared/x509/der.ts';
import { namesOf } from '../../lambdas/shared/x509/names.ts';
import { der } from '../support/der.ts';
import { ED25519, mutated, mutation, orFault, realBytes, time, utc } from './x509Bytes.ts';

const key = generateKeyPairSync('ed25519');
let certificates: readonly Buffer[];
beforeAll(async () => {
  ({ certificates } = await realBytes());
});

describe('what the reader of certificates accepts', () => {
  /** What Node.js reads, where OpenSSL accepts the bytes. */
  function agrees(bytes: Buffer): void {
    const ours = orFault(() => {
      const read = readCertificate(bytes);
      return { ...read, names: namesOf(read) };
    });
    if (ours === undefined) return;
    let theirs: X509Certificate;
    try {
      theirs = new X509Certificate(bytes);
    } catch {
      return;
    }
    // Only of sound keys: `toLegacyObject()` of Node.js 24 ends the process at a damaged key on a curve.
    const legacy = hasKey(theirs) ? theirs.toLegacyObject() : {};
    const { subject } = legacy as { readonly subject?: { readonly CN?: string | string[] } };
    expect([ours.serial, ours.from, ours.to, ours.names.commonName, ours.signature]).toEqual([
      theirs.serialNumber,
      theirs.validFromDate.getTime(),
      theirs.validToDate.getTime(),
      subject === undefined ? ours.names.commonName : [subject.CN ?? []].flat(),
      theirs.signatureAlgorithmOid,
    ]);
  }

  function hasKey(certificate: X509Certificate): boolean {
    try {
      return certificate.publicKey.type === 'public';
    } catch {
      return false;
    }
  }

  it('agrees with OpenSSL on mutations of real certificates', () => {
    fc.assert(
      fc.property(mutation, (one) => agrees(mutated(certificates, one))),
      { numRuns: 3_000 },
    );
  });

  it('agrees with OpenSSL on certificates with any serial number, name and time', () => {
    const certificate = fc.record({
      serial: fc.bigInt({ min: 0n, max: 1n << 240n }),
      names: fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 3 }),
      dns: fc.array(fc.domain(), { maxLength: 4 }),
      from: fc.date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true }),
      to: fc.date({ min: new Date('2050-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    });
    fc.assert(
      fc.property(certificate, (one) => {
        const bytes = certificateOf(one);
        const read = readCertificate(bytes);
        expect(BigInt(`0x${read.serial}`)).toBe(one.serial);
        expect(namesOf(read)).toMatchObject({ commonName: one.names, dnsName: one.dns });
        const { subjectAltName } = new X509Certificate(bytes);
        expect(subjectAltName ?? '').toBe(one.dns.map((name) => `DNS:${name}`).join(', '));
        agrees(bytes);
      }),
      { numRuns: 300 },
    );
  });

  interface Parts {
    readonly serial: bigint;
    readonly names: readonly string[];
    readonly dns: readonly string[];
    readonly from: Date;
    readonly to: Date;
  }

  function certificateOf({ serial, names, dns, from, to }: Parts): Buffer {
    const attribute = (name: string) =>
      der.value(
        TAGS.set,
        der.sequence(der.value(TAGS.oid, Buffer.from('550403', 'hex')), der.value(0x0c, Buffer.from(name))),
      );
    const subject = der.sequence(...names.map(attribute));
    const validity = der.sequence(
      time(utc(from)),
      time(to.toISOString().replaceAll(/[-:T]|\.\d+/g, ''), TAGS.generalizedTime),
    );
    const spki = Buffer.from(key.publicKey.export({ type: 'spki', format: 'der' }));
    const alternative = der.sequence(...dns.map((name) => der.value(0x82, Buffer.from(name))));
    const extension = der.sequence(
      der.value(TAGS.oid, Buffer.from('551d11', 'hex')),
      der.value(TAGS.octetString, alternative),
    );
    const extensions = dns.length === 0 ? [] : [der.value(0xa3, der.sequence(extension))];
    const data = der.sequence(
      der.value(0xa0, der.integer(2)),
      der.integer(serial),
      ED25519,
      subject,
      validity,
      subject,
      spki,
      ...extensions,
    );
    return der.sequence(data, ED25519, der.value(TAGS.bitString, Buffer.of(0), sign(null, data, key.privateKey)));
  }
});
