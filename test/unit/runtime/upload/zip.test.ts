import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ZipEntry, zip, zipField } from '../../../support/files.ts';
import { accepted, cut, joined, outcomeOf } from './inspected.ts';

const of = (...entries: readonly ZipEntry[]) => outcomeOf(zip(entries), 'application/zip');
const data = Buffer.from('text');
const packed = deflateRawSync(data);
const sizes = [crc32(data), packed.length, data.length];
const numbers = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
};
const SIGNATURE = 0x08074b50;
const storedSizes = numbers(SIGNATURE, crc32(data), data.length, data.length);
const DESCRIBED = 8;
const UTF8 = 0x800;

/** A hundred thousand bytes, of which 64 in each ten thousand do not compress. */
const noise = Buffer.concat(
  Array.from({ length: 10 }, (_, i) => [createHash('sha512').update(`${i}`).digest(), Buffer.alloc(9_936)]).flat(),
);
const folder = (name: string): ZipEntry => ({ name, mode: 0o40755, data: Buffer.alloc(0) });

describe('a ZIP is accepted', () => {
  it.each<[string, readonly ZipEntry[]]>([
    ['with files and folders', [folder('a/'), { name: 'a/b.txt' }]],
    ['without entries', []],
    ['with names in UTF-8', [{ name: 'grün/写真.txt', flags: UTF8 }]],
    ['with a file that is stored', [{ name: 'a', method: 0, packed: data }]],
    ['with a file without a mode', [{ name: 'a', mode: 0 }]],
    [
      'with times and owners',
      [{ name: 'a', extra: zipField(0x5455, Buffer.alloc(5)), localExtra: zipField(0x7875, Buffer.alloc(11)) }],
    ],
    [
      'with sizes behind the data',
      [{ name: 'a', flags: DESCRIBED, localSizes: [0, 0, 0], behind: numbers(SIGNATURE, ...sizes) }],
    ],
    ['with a thousand entries', Array.from({ length: 1_000 }, (_, i) => ({ name: `${i}` }))],
    ['with two megabytes that compress by less than 200 times', [{ name: 'a', data: Buffer.alloc(2_000_000, noise) }]],
    ['with a megabyte of blanks', [{ name: 'a', data: Buffer.alloc(1_000_000, ' ') }]],
  ])('%s, unchanged', async (_, entries) => {
    const bytes = zip(entries);
    expect(await accepted(bytes, 'application/zip')).toEqual({ bytes });
  });
});

describe('a ZIP is rejected if it unpacks outside its folder, or differently for different readers', () => {
  it.each([
    ...[
      '../a',
      'a/../../b',
      '/etc/passwd',
      'C:/a',
      'a\\b',
      '..',
      '.',
      'a/./b',
      'a//b',
      '',
      'a\nb',
      'a\x7fb',
      'a\u202eb',
    ],
    ...['a ', 'a.', 'a ./b', 'a:b', 'a*', 'a?', 'a<b', 'a|b', 'a"b'],
  ])('with the name %j', async (name) => {
    expect(await of({ name: 'fine.txt' }, { name, flags: UTF8 })).toBe('dangerous entry-outside');
  });

  it.each<[string, readonly ZipEntry[], string]>([
    ['a link', [{ name: 'a', mode: 0o120777 }], 'entry-link'],
    ['a device', [{ name: 'a', mode: 0o20666 }], 'entry-link'],
    ['an encrypted entry', [{ name: 'a', flags: 1 }], 'encrypted'],
    ['an entry of two names', [{ name: 'a', localName: 'b' }], 'entry-names'],
    ['another name in a field of the directory', [{ name: 'a', extra: zipField(0x7075, data) }], 'entry-names'],
    ['another name in a field of the entry', [{ name: 'a', localExtra: zipField(0x7075, data) }], 'entry-names'],
    ['other sizes in a field of ZIP64', [{ name: 'a', extra: zipField(1, Buffer.alloc(16)) }], 'entry-names'],
    ['other sizes at the entry', [{ name: 'a', localSizes: [sizes[0] ?? 0, 9, 9] }], 'entry-names'],
    ['a name in another encoding', [{ name: 'ü' }], 'entry-names'],
    ['an entry twice', [{ name: 'a' }, { name: 'A' }], 'entry-repeated'],
    [
      'an entry twice, composed differently',
      [
        { name: 'ü', flags: UTF8 },
        { name: 'u\u0308', flags: UTF8 },
      ],
      'entry-repeated',
    ],
    ['a file and a folder of one name', [{ name: 'a' }, folder('a/')], 'entry-repeated'],
    ['a file inside a file', [{ name: 'a/b' }, { name: 'a' }], 'entry-repeated'],
    ['a file deep inside a file', [{ name: 'a' }, { name: 'A/b/c' }], 'entry-repeated'],
    ['too many entries', Array.from({ length: 1_001 }, (_, i) => ({ name: `${i}` })), 'too-many-entries'],
  ])('with %s', async (_, entries, reason) => {
    expect(await of(...entries)).toBe(`dangerous ${reason}`);
  });
});

describe('a ZIP is rejected if it inflates to too much', () => {
  it.each<[string, () => readonly ZipEntry[]]>([
    ['with the size that it declares', () => [{ name: 'a', data: Buffer.alloc(5_000_000) }]],
    ['with another size than it declares', () => [{ name: 'a', data: Buffer.alloc(20_000_000), declaredSize: 10 }]],
    ['by two bytes more than it declares', () => [{ name: 'a', data: Buffer.alloc(12), declaredSize: 10 }]],
    [
      'in many entries',
      () => Array.from({ length: 101 }, (_, i) => ({ name: `${i}`, data: Buffer.alloc(1_000_000, i) })),
    ],
  ])('%s', async (_, entries) => {
    expect(await of(...entries())).toBe('dangerous archive-bomb');
  });

  it('where two entries share their data', async () => {
    const bytes = zip([{ name: 'a' }, { name: 'b' }]);
    // The second record points to the first entry, under its name.
    const second = bytes.lastIndexOf(Buffer.from('504b0102', 'hex'));
    bytes.writeUInt32LE(0, second + 42);
    bytes.write('a', second + 46);
    expect(await outcomeOf(bytes, 'application/zip')).toBe('mismatch structure');
  });
});

describe('a ZIP is rejected if its parts do not fit', () => {
  it.each<[string, Buffer, string]>([
    ['when it is too short for an end', zip([]).subarray(1), 'mismatch cut-off'],
    ['when its data is shorter than it says', withSize(zip([{ name: 'a' }]), packed.length + 9), 'mismatch structure'],
    ['when it is cut off', cut(zip([{ name: 'a' }]), 30), 'mismatch cut-off'],
    ['with another start', joined('PK\x03\x04', zip([{ name: 'a' }])), 'mismatch structure'],
    ['with something before its directory', zip([{ name: 'a' }], { gap: data }), 'mismatch structure'],
    ['with something between its entries', zip([{ name: 'a', behind: data }, { name: 'b' }]), 'mismatch structure'],
    ['with something after it', joined(zip([{ name: 'a' }]), 'x'.repeat(30)), 'dangerous trailing-data'],
    ['with a comment', zip([{ name: 'a' }], { comment: data }), 'dangerous trailing-data'],
    ['with another checksum', zip([{ name: 'a', checksum: 1 }]), 'mismatch checksum'],
    ['with fewer bytes than it declares', zip([{ name: 'a', declaredSize: 9 }]), 'mismatch checksum'],
    ['with data that is cut off', zip([{ name: 'a', packed: packed.subarray(0, -2) }]), 'mismatch cut-off'],
    ['with something behind its data', zip([{ name: 'a', packed: joined(packed, 'x') }]), 'mismatch compressed-data'],
    ['with data that is not compressed', zip([{ name: 'a', packed: Buffer.from([6, 6]) }]), 'mismatch compressed-data'],
    ['with an unknown method', zip([{ name: 'a', method: 12 }]), 'mismatch structure'],
    ['with an unknown flag', zip([{ name: 'a', flags: 0x2000 }]), 'mismatch structure'],
    [
      'with other sizes behind the data',
      zip([{ name: 'a', flags: DESCRIBED, localSizes: [0, 0, 0], behind: numbers(1, 2, 3) }]),
      'mismatch structure',
    ],
    [
      'with sizes behind the data without a signature',
      zip([{ name: 'a', flags: DESCRIBED, localSizes: [0, 0, 0], behind: numbers(...sizes) }]),
      'mismatch structure',
    ],
    [
      'with sizes behind data that is stored, and so could end earlier',
      zip([{ name: 'a', method: 0, packed: data, flags: DESCRIBED, localSizes: [0, 0, 0], behind: storedSizes }]),
      'mismatch structure',
    ],
    ['with a folder that has data', zip([{ name: 'a/', mode: 0o40755 }]), 'mismatch structure'],
    [
      'with wrong sizes behind the data',
      zip([{ name: 'a', flags: DESCRIBED, localSizes: [0, 0, 0], behind: numbers(SIGNATURE, 1, 2, 3) }]),
      'mismatch structure',
    ],
    [
      'without the sizes behind the data',
      zip([{ name: 'a', flags: DESCRIBED, localSizes: [0, 0, 0] }]),
      'mismatch structure',
    ],
  ])('%s', async (_, bytes, outcome) => {
    expect(await outcomeOf(bytes, 'application/zip')).toBe(outcome);
  });
});

describe('the rejection of a ZIP says what to change', () => {
  it.each<[Buffer, string]>([
    [joined(zip([]), 'x'.repeat(30)), 'must end where its format ends'],
    [zip(Array.from({ length: 1_001 }, (_, i) => ({ name: `${i}` }))), 'must hold at most 1000 entries'],
    [zip([{ name: 'ü' }]), 'must have names in UTF-8'],
    [zip([{ name: '../a' }]), 'must hold names that stay in its folder, and that every system accepts'],
    [zip([{ name: 'a', flags: 1 }]), 'must not be encrypted, since it could not be inspected'],
    [zip([{ name: 'a', mode: 0o120777 }]), 'must hold plain files and folders, and no links'],
    [zip([{ name: 'a', localName: 'b' }]), 'must name and size its entries alike in all places'],
    [zip([{ name: 'a' }, { name: 'a' }]), 'must hold each entry once'],
    [zip([{ name: 'a', declaredSize: 1 }]), 'must unpack to the sizes that it declares, and to a sane total'],
  ])('%#', async (bytes, message) => {
    await expect(accepted(bytes, 'application/zip')).rejects.toThrow(message);
  });
});

/** A ZIP of one entry with another size of its compressed data, in both places. */
function withSize(bytes: Buffer, size: number): Buffer {
  const record = bytes.indexOf(Buffer.from('504b0102', 'hex'));
  bytes.writeUInt32LE(size, 18);
  bytes.writeUInt32LE(size, record + 20);
  return bytes;
}
