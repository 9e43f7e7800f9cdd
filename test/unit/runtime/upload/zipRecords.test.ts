import { describe, expect, it } from 'vitest';
import { foldedName, isPlainSegment } from '../../../../lambdas/runtime/upload/fileName.ts';
import { type ZipEntry, zip, zipField } from '../../../support/files.ts';
import { outcomeOf } from './inspected.ts';

const of = (bytes: Buffer) => outcomeOf(bytes, 'application/zip');
const named = (...names: readonly string[]) => of(zip(names.map((name): ZipEntry => ({ name, flags: 0x800 }))));

/** A folder, and a file of six bytes, stored. Where its parts start: two entries, two records, the end. */
const ARCHIVE = zip([
  { name: 'a/', mode: 0o40755, data: Buffer.alloc(0) },
  { name: 'a/b', method: 0, packed: Buffer.from('text'), extra: zipField(0x5455, Buffer.alloc(5)) },
]);
const FILE = ARCHIVE.indexOf(Buffer.from('504b0304', 'hex'), 1);
const FOLDER_RECORD = ARCHIVE.indexOf(Buffer.from('504b0102', 'hex'));
const RECORD = ARCHIVE.indexOf(Buffer.from('504b0102', 'hex'), FOLDER_RECORD + 1);
const END = ARCHIVE.length - 22;
const VALUES = Array.from({ length: 256 }, (_, value) => value);
/** Bytes of a file's record, with the values that are accepted besides the one that it has. */
const FREE: Readonly<Record<number, readonly number[]>> = {
  4: VALUES,
  5: [0, 3, 10, 11, 19],
  ...Object.fromEntries([12, 13, 14, 15].map((at) => [at, VALUES])),
  36: [0, 1],
  // Read-only, hidden, system, archive, normal; then not indexed, and two of macOS and Unix.
  38: VALUES.filter((flags) => (flags & ~0xa7) === 0),
  39: VALUES.filter((flags) => (flags & ~0xe0) === 0),
  // Permissions, and the type of a plain file.
  40: VALUES,
  41: [0, 1, 0x80, 0x81],
};
const changed = (...changes: readonly (readonly [at: number, value: number])[]) => {
  const bytes = Buffer.from(ARCHIVE);
  for (const [at, value] of changes) bytes[at] = value;
  return bytes;
};

describe('the bytes of a ZIP', () => {
  it('are accepted as an encoder writes them', async () => {
    expect(await of(ARCHIVE)).toBe('accepted');
  });

  it('of its records are rejected with any value that is not on the list', async () => {
    const wrong: string[] = [];
    let runs = 0;
    for (let at = 0; at < 46; at += 1) {
      for (const value of VALUES.filter((other) => other !== ARCHIVE[RECORD + at])) {
        const isAccepted = (await of(changed([RECORD + at, value]))) === 'accepted';
        runs += 1;
        if (isAccepted !== (FREE[at]?.includes(value) ?? false)) wrong.push(`${at}: ${value}`);
      }
    }
    expect([runs, wrong]).toEqual([46 * 255, []]);
  }, 60_000);

  it('of its headers, except the time, and of its end record are rejected with any other value', async () => {
    const places = [...Array(30).keys()]
      .filter((at) => at < 10 || at >= 14)
      .map((at) => FILE + at)
      .concat([...Array(22).keys()].map((at) => END + at));
    const accepted: string[] = [];
    for (const at of places) {
      for (const value of VALUES.filter((other) => other !== ARCHIVE[at])) {
        if ((await of(changed([at, value]))) === 'accepted') accepted.push(`${at}: ${value}`);
      }
    }
    expect([places.length, accepted]).toEqual([48, []]);
  }, 60_000);

  it.each([
    ['version 1.0', 4, 10, 'accepted'],
    ['a version that needs ZIP64', 4, 45, 'mismatch structure'],
    ['the version of a later encoder', 4, 63, 'mismatch structure'],
    ['a version of another system', 5, 3, 'mismatch structure'],
    ['encryption', 6, 1, 'dangerous encrypted'],
    ['strong encryption', 6, 0x40, 'mismatch structure'],
    ['hidden headers', 7, 0x20, 'mismatch structure'],
    ['an effort of compression', 6, 6, 'accepted'],
    ['a patch', 6, 0x20, 'mismatch structure'],
    ['another method', 8, 9, 'mismatch structure'],
  ])('may say %s in both places, or not', async (_, at, value, outcome) => {
    expect(await of(changed([FILE + at, value], [RECORD + at + 2, value]))).toBe(outcome);
  });

  it.each([
    [5, 1, 'mismatch structure'],
    [34, 1, 'mismatch structure'],
    [32, 1, 'mismatch structure'],
    [42, 1, 'mismatch structure'],
    [41, 0xa0, 'dangerous entry-link'],
    [38, 0x10, 'dangerous entry-link'],
    [16, 1, 'dangerous entry-names'],
  ])('have one reason for the byte %i of a record with %i', async (at, value, reason) => {
    expect(await of(changed([RECORD + at, value]))).toBe(reason);
  });

  it.each([
    [0x4000, 'accepted'],
    [0, 'accepted'],
    [0x8000, 'dangerous entry-link'],
    [0xa000, 'dangerous entry-link'],
    [0x4200, 'dangerous entry-link'],
  ])('give a folder the type %i, or not', async (type, outcome) => {
    expect(await of(changed([FOLDER_RECORD + 41, type >>> 8], [FOLDER_RECORD + 38, 0x10]))).toBe(outcome);
  });
});

/** The end record of ZIP64. */
function zip64End({ count, offset }: { readonly count: number; readonly offset: number }): Buffer {
  const bytes = Buffer.alloc(56);
  bytes.write('504b0606', 'hex');
  bytes.writeUInt32LE(count, 32);
  bytes.writeUInt32LE(offset, 48);
  return bytes;
}

describe('the directory of a ZIP is rejected', () => {
  const two = zip([{ name: 'good' }, { name: 'evil' }]);
  it('with a record that is not counted', async () => {
    const bytes = Buffer.from(two);
    bytes.writeUInt16LE(1, bytes.length - 14);
    bytes.writeUInt16LE(1, bytes.length - 12);
    expect(await of(bytes)).toBe('mismatch structure');
    const [junk, end] = [Buffer.alloc(160, 'JUNK'), Buffer.from(zip([]))];
    end.writeUInt32LE(160, 12);
    expect(await of(Buffer.concat([junk, end]))).toBe('mismatch structure');
  });

  it('with the locator of another directory before its end', async () => {
    // The other directory is this one, so that nothing else is wrong.
    const other = zip64End({ count: 2, offset: 0 });
    const entries = (times: Buffer): readonly ZipEntry[] => [
      { name: 'a', method: 0, data: other, packed: other },
      { name: 'b', extra: zipField(10, times) },
    ];
    const size = zip(entries(Buffer.alloc(32))).readUInt32LE(zip(entries(Buffer.alloc(32))).length - 6);
    zip64End({ count: 2, offset: size }).copy(other);
    expect(await of(zip(entries(Buffer.alloc(32))))).toBe('accepted');
    const locator = Buffer.concat([Buffer.alloc(12), Buffer.from('504b0607', 'hex'), Buffer.alloc(16)]);
    locator.writeUInt32LE(31, 20);
    expect(await of(zip(entries(locator)))).toBe('mismatch structure');
  });

  it('in another order than its entries', async () => {
    const first = two.indexOf(Buffer.from('504b0102', 'hex'));
    const records = [two.subarray(first, first + 50), two.subarray(first + 50, first + 100)].reverse();
    const bytes = Buffer.concat([two.subarray(0, first), ...records, two.subarray(first + 100)]);
    expect(await of(bytes)).toBe('mismatch structure');
  });

  it('with extra fields of other kinds or lengths, in it or at its entries', async () => {
    const lengths: Readonly<Record<number, readonly number[]>> = {
      [0x000a]: [32],
      [0x5455]: [1, 5, 9, 13],
      [0x5855]: [8, 12],
      [0x7875]: [11],
      [0xcafe]: [0],
      ...Object.fromEntries([1, 0x17, 0x65, 0x6c78, 0x7075, 0x7855, 0x9901, 0xd935].map((id) => [id, []])),
    };
    let runs = 0;
    for (const [id, allowed] of Object.entries(lengths)) {
      for (let length = 0; length <= 40; length += 1) {
        const field = zipField(Number(id), Buffer.alloc(length));
        const outcomes = [
          await of(zip([{ name: 'a', extra: field }])),
          await of(zip([{ name: 'a', localExtra: field }])),
          await of(zip([{ name: 'a', extra: Buffer.concat([field, Buffer.alloc(3)]) }])),
        ];
        const expected = allowed.includes(length) ? 'accepted' : 'dangerous entry-names';
        expect([id, length, outcomes]).toEqual([id, length, [expected, expected, 'dangerous entry-names']]);
        runs += 1;
      }
    }
    expect(runs).toBe(13 * 41);
    const jar = zipField(0xcafe, Buffer.alloc(0));
    for (const fields of [Buffer.concat([jar, jar]), Buffer.alloc(60_000, jar)]) {
      expect(await of(zip([{ name: 'a', extra: fields }]))).toBe('dangerous entry-names');
      expect(await of(zip([{ name: 'a', localExtra: fields }]))).toBe('dangerous entry-names');
    }
  });
});

describe('the names of a ZIP', () => {
  it.each([
    ...[
      'README',
      '.gitignore',
      'a b (1) [x].tar.gz',
      '@types/node/index.d.ts',
      'A$B.class',
      'C#/x=1.txt',
      '__init__.py',
    ],
    ...[
      'Übersicht',
      'u\u0308ber',
      '写真/日本.txt',
      'at 10.00.00\u202fAM.png',
      '~$'.replace('~', 'a~'),
      'x\u2019s',
      'a-b',
      'com10',
      'auxiliary',
    ],
    ...['x'.repeat(255), `${'a/'.repeat(32)}b`],
  ])('can be %j', async (name) => {
    expect(await named(name)).toBe('accepted');
  });

  it.each([
    ...[
      '-rf',
      '~/x',
      'a/~',
      ' a',
      '\u0301a',
      'EVIL~1.TXT',
      '%2e%2e%2fx',
      'a;1',
      'a`b',
      'a\u00a0',
      '\u3000a',
      'a\u2026',
    ],
    ...[
      'CON',
      'aux.txt',
      'dir/NUL',
      'com1',
      'LPT¹.txt',
      'nul .txt',
      'CONIN$',
      'conout$.x',
      'clock$',
      '\uff23ON',
      'prn.a.b/x',
    ],
    ...[
      '\uff0e\uff0e\uff0fevil',
      '..\uff0f..\uff0fevil',
      '\u2215etc',
      'a\u2044b',
      '\u2025/x',
      'a\u29f8b',
      'a\uff1ab',
      '\u2100',
      '1\u00bd',
    ],
    ...['a\u20e5b', 'a\u0338b', 'a\uff3cb', 'a\u20a9b', 'a\u00a5b', 'a\u2488'],
    ...['a\u3164', '\ufe0fa', '\u034f', 'a\u115f', 'a\u17b4', 'a\u200d', 'a\u2028b', 'a\ue000', 'a\ufffdb', 'a😀'],
    ...['x'.repeat(256), `${'ü'.repeat(128)}`, `${'a/'.repeat(33)}b`, `${'a/'.repeat(5_000)}b`, '/', 'a//'],
  ])('cannot be %j', async (name) => {
    expect(await named(name)).toBe('dangerous entry-outside');
  });

  it.each([
    ['\u0391\u03a3', '\u03b1\u03c3'],
    ['\u03c2', '\u03c3'],
    ['ß', 'SS'],
    ['\u1e9e', 'ß'],
    ['\ufb01', 'FI'],
    ['\uff21', 'a'],
    ['\u212a', 'k'],
    ['x\u00a0y', 'x y'],
    ['\u0130', 'i\u0307'],
  ])('cannot be %j and %j, which are one on some file systems', async (one, other) => {
    expect(await named(one, other)).toBe('dangerous entry-repeated');
    expect(await named(`d/${one}/x`, `d/${other}`)).toBe('dangerous entry-repeated');
  });

  it('are compared alike for each character and its forms in other cases, compositions and widths', () => {
    const characters = Array.from({ length: 0x1_f000 }, (_, code) => String.fromCodePoint(code)).filter(isPlainSegment);
    const forms = (name: string) => [
      name.toLowerCase(),
      name.toUpperCase(),
      name.toUpperCase().toLowerCase(),
      ...['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => name.normalize(form)),
    ];
    expect(characters.length).toBeGreaterThan(70_000);
    expect(characters.filter((name) => forms(name).some((form) => foldedName(form) !== foldedName(name)))).toEqual([]);
  });
});
