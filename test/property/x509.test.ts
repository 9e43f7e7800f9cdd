import { generateKeyPairSync, type KeyObject, sign, type X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCertificate } from '../../lambdas/shared/x509/certificate.ts';
import { readAll, readOne, TAGS } from '../../lambdas/shared/x509/der.ts';
import { namesOf } from '../../lambdas/shared/x509/names.ts';
import { derOfFile } from '../../lambdas/shared/x509/pem.ts';
import { type ListIssuer, readRevocationList, readSignedList } from '../../lambdas/shared/x509/revocationList.ts';
import { crlUrls, ocspUrls, signsOcsp } from '../../lib/cli/domain/observe/certificateFields.ts';
import { der } from '../support/der.ts';
import { processorMs } from '../support/processorTime.ts';
import { ED25519, mutated, mutation, orFault, realBytes, time, utc } from './x509Bytes.ts';

/** Real certificates and lists, and the CA that signed the lists. */
let certificates: readonly Buffer[];
let lists: readonly Buffer[];
let issuer: ListIssuer;
/** A key that signs lists which no CA would write. */
let key: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

beforeAll(async () => {
  const real = await realBytes();
  [certificates, lists] = [real.certificates, real.lists];
  const { raw, publicKey } = real.ca;
  issuer = { subject: readCertificate(raw).subject.whole, publicKey };
  key = generateKeyPairSync('ed25519');
});

/** Everything that reads bytes, in the order of the functions and commands that use it. */
const READERS: readonly ((bytes: Buffer) => unknown)[] = [
  (bytes) => readAll(bytes),
  (bytes) => namesOf(readCertificate(bytes)),
  (bytes) => crlUrls({ raw: bytes } as X509Certificate),
  (bytes) => ocspUrls({ raw: bytes } as X509Certificate),
  (bytes) => signsOcsp({ raw: bytes } as X509Certificate),
  (bytes) => readSignedList(bytes, issuer),
  (bytes) => readSignedList(signedList(bytes), { subject: NAME, publicKey: key.publicKey }),
  (bytes) => readRevocationList(bytes.toString('latin1'), issuer),
  (bytes) => derOfFile(bytes, ['CERTIFICATE', 'X509 CRL']),
];

const NAME = der.sequence();
/** A list around fields that only its key could sign, so that a mutation reaches what is behind the signature. */
const signedList = (fields: Uint8Array) => {
  const data = der.sequence(fields);
  return der.sequence(data, ED25519, der.value(TAGS.bitString, Buffer.of(0), sign(null, data, key.privateKey)));
};
const listOf = (...fields: readonly Uint8Array[]) =>
  readSignedList(signedList(Buffer.concat([der.integer(1), ED25519, NAME, ...fields])), {
    subject: NAME,
    publicKey: key.publicKey,
  });

/** Values in values, with tags, lengths and contents that are often wrong. */
const anyLength = fc.constantFrom<(length: number) => readonly number[]>(
  (length) => (length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]),
  (length) => [0x81, length & 0xff],
  (length) => [0x83, 0, length >> 8, length & 0xff],
  () => [0x80],
  () => [0xff],
  () => [0x84, 0xff, 0xff, 0xff, 0xff],
  () => [0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
);
const tag = fc.oneof(fc.constantFrom(...Object.values(TAGS), 0xa0, 0xa3, 0x86), fc.nat(255));
const { value: anyValue } = fc.letrec<{ value: Buffer }>((tie) => ({
  value: fc
    .tuple(
      tag,
      fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: anyLength }),
      fc.oneof(
        { depthSize: 'small' },
        fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes)),
        fc.array(tie('value'), { maxLength: 5 }).map((values) => Buffer.concat(values)),
      ),
    )
    .map(([type, length, content]) =>
      length === undefined
        ? der.value(type, content)
        : Buffer.concat([Buffer.from([type, ...length(content.length)]), content]),
    ),
}));
describe('the reader of certificates and lists', () => {
  it('throws nothing but its own fault for any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one)),
      anyValue,
      mutation.map((one) => mutated([...certificates, ...lists], one)),
    );
    fc.assert(
      fc.property(bytes, (one) => {
        for (const read of READERS) orFault(() => read(one));
      }),
      { numRuns: 1_500 },
    );
  });

  it('reads no part of real bytes, nor with bytes after them', () => {
    const extra = fc.uint8Array({ minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(), extra, mutation, (of, bytes, { at }) => {
        for (const [all, read] of [
          [certificates, readCertificate],
          [lists, (one: Buffer) => readSignedList(one, issuer)],
        ] as const) {
          const whole = all[of % all.length] ?? Buffer.alloc(0);
          expect(orFault(() => read(whole))).toBeDefined();
          expect(orFault(() => read(Buffer.concat([whole, bytes])))).toBeUndefined();
          expect(orFault(() => read(whole.subarray(0, at % whole.length)))).toBeUndefined();
        }
      }),
    );
  });

  it('accepts exactly one encoding of a value', () => {
    fc.assert(
      fc.property(anyValue, (bytes) => {
        const read = orFault(() => readOne(bytes));
        if (read !== undefined) expect(der.value(read.tag, read.bytes)).toEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it('accepts no list whose bytes were changed, because its signature covers them', () => {
    fc.assert(
      fc.property(mutation, (one) => {
        const bytes = mutated(lists, one);
        expect(orFault(() => readSignedList(bytes, issuer))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('reads serial numbers and dates of signed lists as they were written', () => {
    const second = fc.date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true });
    const entries = fc.uniqueArray(fc.tuple(fc.bigInt({ min: 0n, max: 1n << 200n }), second), {
      selector: ([serial]) => serial,
    });
    fc.assert(
      fc.property(entries, second, (all, now) => {
        const written = all.map(([serial, at]) => der.sequence(der.integer(serial), time(utc(at))));
        const list = listOf(time(utc(now)), der.sequence(...written));
        const expected = all.map(([serial, at]) => [serial, Math.floor(at.getTime() / 1_000) * 1_000]);
        expect([...list.revoked].map(([serial, at]) => [BigInt(`0x${serial}`), at])).toEqual(expected);
        expect(list.thisUpdate).toBe(Math.floor(now.getTime() / 1_000) * 1_000);
      }),
    );
  });

  it.each<[text: string, tag: number]>([
    ['2602300000Z', TAGS.utcTime],
    ['260230000000Z', TAGS.utcTime],
    ['260101240000Z', TAGS.utcTime],
    ['260101000060Z', TAGS.utcTime],
    ['260101000000+0100', TAGS.utcTime],
    ['2601010000Z', TAGS.utcTime],
    ['20260101000000Z', TAGS.utcTime],
    ['260101000000Z', TAGS.generalizedTime],
    ['20260101000000.5Z', TAGS.generalizedTime],
    ['20260101000000', TAGS.generalizedTime],
    ['20260101000000Z\n', TAGS.generalizedTime],
    [' 60101000000Z', TAGS.utcTime],
    ['', TAGS.utcTime],
    ['20260101000000Z', TAGS.octetString],
  ])('rejects the time %j with the tag %i', (text, type) => {
    expect(orFault(() => listOf(time(text, type)))).toBeUndefined();
  });

  it.each<[what: string, serial: string]>([
    ['negative', '80'],
    ['empty', ''],
    ['padded', '0001'],
  ])('rejects a %s serial number', (_, hex) => {
    const entry = der.sequence(der.value(TAGS.integer, Buffer.from(hex, 'hex')), time('260101000000Z'));
    expect(orFault(() => listOf(time('260101000000Z'), der.sequence(entry)))).toBeUndefined();
  });

  it('answers within a second for megabytes that are made to be slow', async () => {
    const mega = 4_000_000;
    const nested = Buffer.concat(
      [...Array(3_000).keys()].map((i) => Buffer.from([0x30, 0x83, ...lengthOf(mega - 5 * (i + 1))])),
    );
    const hostile: readonly Buffer[] = [
      der.value(TAGS.sequence, Buffer.alloc(mega, Buffer.from([0x05, 0]))),
      Buffer.concat([nested, Buffer.alloc(mega - nested.length)]),
      der.sequence(
        der.sequence(),
        der.sequence(der.value(TAGS.oid, Buffer.alloc(mega, 0xff))),
        der.value(TAGS.bitString, Buffer.alloc(1)),
      ),
      Buffer.from('-----BEGIN X509 CRL-----'.repeat(mega / 24)),
      Buffer.from(`-----BEGIN X509 CRL-----${' '.repeat(mega)}`),
      Buffer.from(
        `${' '.repeat(mega)}-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----${' \n'.repeat(mega / 2)}x`,
      ),
      Buffer.from(`-----BEGIN X509 CRL-----\n${'A'.repeat(mega)}\n-----END X509 CRL-----`),
    ];
    for (const bytes of hostile) {
      for (const read of READERS) {
        expect(await processorMs(() => orFault(() => read(bytes)))).toBeLessThan(1_000);
      }
    }
  });

  it('reads a serial number of any length, and its own number up to 20 bytes', () => {
    const huge = der.value(TAGS.integer, Buffer.alloc(100_000, 0x7f));
    const list = listOf(time('260101000000Z'), der.sequence(der.sequence(huge, time('260101000000Z'))));
    expect([...list.revoked.keys()]).toEqual(['7F'.repeat(100_000)]);
    const numbered = (bytes: number) => {
      const number = der.value(TAGS.integer, Buffer.alloc(bytes, 0x7f));
      const extension = der.sequence(
        der.value(TAGS.oid, Buffer.from('551d14', 'hex')),
        der.value(TAGS.octetString, number),
      );
      return listOf(time('260101000000Z'), der.value(0xa0, der.sequence(extension)));
    };
    expect(numbered(20).number).toBe(BigInt(`0x${'7f'.repeat(20)}`));
    expect(orFault(() => numbered(22))).toBeUndefined();
  });
});

function lengthOf(length: number): readonly number[] {
  return [length >> 16, (length >> 8) & 0xff, length & 0xff];
}
