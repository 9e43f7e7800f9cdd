import { posix } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { fileTypeFromBuffer } from 'file-type';
import { describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { inspectContent } from '../../lambdas/runtime/upload/inspectContent.ts';
import { FileRejected } from '../../lambdas/runtime/upload/rejection.ts';
import { zip, zipField } from '../support/files.ts';

/**
 * Archives whose structure is changed at random, and then repaired in part, against four readers: `yauzl`, which counts records;
 * one that reads records to the end of the directory, as Python does; one that reads from entry to entry, as a stream is
 * read; and `fflate`, which unpacks them.
 */
const MUTATIONS = 2_000;
const text = Buffer.from('hello '.repeat(20));
const uint32s = (...values: readonly number[]) => Buffer.from(Uint32Array.from(values).buffer);

/** An archive in its parts: each entry with its header, and its record. */
interface Parts {
  readonly entries: readonly Buffer[];
  readonly records: readonly Buffer[];
  readonly end: Buffer;
}

function partsOf(bytes: Buffer): Parts {
  const end = bytes.subarray(-22);
  const records: Buffer[] = [];
  for (let at = end.readUInt32LE(16); at < bytes.length - 22; at += records.at(-1)?.length ?? 0) {
    const length = 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    records.push(bytes.subarray(at, at + length));
  }
  const starts = [...records.map((record) => record.readUInt32LE(42)), end.readUInt32LE(16)];
  return { entries: records.map((_, i) => bytes.subarray(starts[i], starts[i + 1])), records, end };
}

/** What is right again after a change: offsets, count and size. */
type Repairs = readonly [offsets: boolean, count: boolean, size: boolean];

function joined({ entries, records, end }: Parts, [offsets, count, size]: Repairs): Buffer {
  let at = 0;
  const starts = entries.map((entry) => {
    at += entry.length;
    return at - entry.length;
  });
  const directory = records.map((record, i) => {
    const copy = Buffer.from(record);
    if (offsets && copy.length >= 46) copy.writeUInt32LE(starts[i] ?? 0, 42);
    return copy;
  });
  const last = Buffer.from(end);
  if (offsets) last.writeUInt32LE(at, 16);
  if (count) for (const place of [8, 10]) last.writeUInt16LE(records.length, place);
  if (size) last.writeUInt32LE(Buffer.concat(directory).length, 12);
  return Buffer.concat([...entries, ...directory, last]);
}

type Change = (parts: Parts) => Parts;
const cycled = <T>(list: readonly T[], index: number) => index % Math.max(1, list.length);
const without = <T>(list: readonly T[], index: number) => list.toSpliced(cycled(list, index), 1);
const swapped = <T>(list: readonly T[], index: number) => {
  const at = cycled(list, index);
  return [...list.slice(at + 1), ...list.slice(0, at + 1)];
};
const patched = (buffers: readonly Buffer[], index: number, patch: (bytes: Buffer) => Buffer) =>
  buffers.map((bytes, i) => (i === cycled(buffers, index) ? patch(Buffer.from(bytes)) : bytes));
const withByte = (at: number, value: number) => (bytes: Buffer) => {
  bytes[at % Math.max(1, bytes.length)] = value;
  return bytes;
};
const index = fc.nat({ max: 5 });
const byte = fc.nat({ max: 255 });
const foreign = fc.constantFrom(
  zip([{ name: '../../evil.sh' }]),
  uint32s(0x07064b50, 0, 0, 0, 1),
  uint32s(0x08074b50, crc32(text), text.length, text.length),
  Buffer.from('504b0506', 'hex'),
  zipField(0x7075, Buffer.from('another')),
  Buffer.alloc(9),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  // An entry and its record: removed, moved, or changed at the same place.
  index.map((i) => (parts: Parts) => ({
    ...parts,
    entries: without(parts.entries, i),
    records: without(parts.records, i),
  })),
  index.map((i) => (parts: Parts) => ({
    ...parts,
    entries: swapped(parts.entries, i),
    records: swapped(parts.records, i),
  })),
  fc.tuple(index, fc.integer({ min: 4, max: 45 }), byte).map(([i, at, value]) => (parts: Parts) => ({
    ...parts,
    entries: patched(parts.entries, i, withByte(at, value)),
    records: patched(parts.records, i, withByte(at < 30 ? at + 2 : at + 16, value)),
  })),
  // One of the two.
  fc.tuple(index, fc.nat(), byte).map(([i, at, value]) => (parts: Parts) => ({
    ...parts,
    entries: patched(parts.entries, i, withByte(at, value)),
  })),
  fc.tuple(index, fc.nat({ max: 60 }), byte).map(([i, at, value]) => (parts: Parts) => ({
    ...parts,
    records: patched(parts.records, i, withByte(at, value)),
  })),
  index.map((i) => (parts: Parts) => ({ ...parts, records: without(parts.records, i) })),
  index.map((i) => (parts: Parts) => ({ ...parts, records: swapped(parts.records, i) })),
  index.map((i) => (parts: Parts) => ({ ...parts, records: [...parts.records, ...parts.records.slice(i, i + 1)] })),
  fc.tuple(index, foreign).map(([i, bytes]) => (parts: Parts) => ({
    ...parts,
    entries: parts.entries.toSpliced(i, 0, bytes),
  })),
  fc.tuple(index, foreign).map(([i, bytes]) => (parts: Parts) => ({
    ...parts,
    records: parts.records.toSpliced(i, 0, bytes),
  })),
  // Bytes behind a name, in a record that has them as a field or as a comment.
  fc.tuple(index, foreign, fc.constantFrom(30, 32)).map(([i, bytes, length]) => (parts: Parts) => ({
    ...parts,
    records: patched(parts.records, i, (record) => {
      if (record.length > length + 1) record.writeUInt16LE(bytes.length, length);
      return Buffer.concat([record, bytes]);
    }),
  })),
  fc.tuple(fc.nat({ max: 21 }), byte).map(([at, value]) => (parts: Parts) => ({
    ...parts,
    end: withByte(at, value)(Buffer.from(parts.end)),
  })),
);

const ARCHIVES: readonly Buffer[] = [
  Buffer.from(zipSync({ 'a.txt': text, b: { 'ü.txt': text, c: {} }, 'd.bin': [text, { level: 0 }] }, { os: 3 })),
  zip([
    { name: 'a/', mode: 0o40755, data: Buffer.alloc(0), extra: zipField(0x5855, Buffer.alloc(8)) },
    { name: 'a/b', data: text, localExtra: zipField(0x5455, Buffer.alloc(9)) },
    { name: 'c', data: text, mode: 0 },
  ]),
  zip([described('a'), described('b/c')]),
];

/** An entry whose sizes follow its data, as macOS and Java write them. */
function described(name: string) {
  const packed = Buffer.from(zipSync({ [name]: text })).subarray(30 + name.length);
  const data = packed.subarray(0, Buffer.from(zipSync({ [name]: text })).readUInt32LE(18));
  const behind = uint32s(0x08074b50, crc32(text), data.length, text.length);
  return { name, data: text, packed: data, flags: 8, localSizes: [0, 0, 0] as const, behind };
}

/** Names with the checksums of what they unpack to. */
type Listing = readonly (readonly [name: string, checksum: number])[];

async function counted(bytes: Buffer): Promise<Listing> {
  const found: [string, number][] = [];
  const archive = await fromBufferPromise(bytes, { strictFileNames: true });
  for await (const entry of archive.eachEntry()) found.push([entry.fileName, entry.crc32]);
  return found;
}

/** Reads records until the directory ends, whatever its count is. */
function bySize(bytes: Buffer): Listing {
  const found: [string, number][] = [];
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'));
  for (let at = end - bytes.readUInt32LE(end + 12); at < end; ) {
    const [name, extra, comment] = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    found.push([bytes.toString('utf8', at + 46, at + 46 + name), bytes.readUInt32LE(at + 16)]);
    at += 46 + name + extra + comment;
  }
  return found;
}

/** Reads entries from the first byte on, and never looks into the directory. */
function streamed(bytes: Buffer): Listing {
  const found: [string, number][] = [];
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50; ) {
    const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    const isStored = bytes.readUInt16LE(at + 8) === 0;
    const inflated = isStored ? undefined : inflateRawSync(bytes.subarray(start), { info: true });
    const { buffer, engine } = (inflated ?? {}) as {
      readonly buffer?: Buffer;
      readonly engine?: { readonly bytesWritten: number };
    };
    const end = start + (engine?.bytesWritten ?? bytes.readUInt32LE(at + 18));
    found.push([
      bytes.toString('utf8', at + 30, at + 30 + bytes.readUInt16LE(at + 26)),
      crc32(buffer ?? bytes.subarray(start, end)),
    ]);
    at = end + ((bytes.readUInt16LE(at + 6) & 8) === 0 ? 0 : 16);
  }
  return found;
}

async function isKept(bytes: Buffer): Promise<boolean> {
  try {
    await inspectContent(bytes, 'application/zip', { maxPixels: 1 });
    return true;
  } catch (error) {
    if (error instanceof FileRejected) return false;
    throw error;
  }
}

describe('a changed ZIP', () => {
  it(`is rejected, or four readers see the same files in it (${MUTATIONS} mutations)`, async () => {
    for (const archive of ARCHIVES) expect(await isKept(archive)).toBe(true);
    const repairs = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
    const outcomes = { rejected: 0, accepted: 0, same: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ARCHIVES),
        fc.array(change, { minLength: 1, maxLength: 2 }),
        fc.oneof(repairs, fc.constant([true, true, true] as const)),
        async (archive, changes, repaired) => {
          const bytes = joined(
            changes.reduce<Parts>((parts, apply) => apply(parts), partsOf(archive)),
            repaired,
          );
          const isAccepted = await isKept(bytes);
          outcomes[bytes.equals(archive) ? 'same' : isAccepted ? 'accepted' : 'rejected'] += 1;
          if (!isAccepted) return;
          const listing = await counted(bytes);
          expect([bySize(bytes), streamed(bytes)]).toEqual([listing, listing]);
          const unpacked = Object.entries(unzipSync(bytes)).map(([name, data]) => [name, crc32(data)]);
          expect(new Map(unpacked as [string, number][])).toEqual(new Map(listing));
          for (const [name] of listing) expect(posix.join('/folder', name)).toBe(`/folder/${name}`);
          if (listing.length > 0) expect((await fileTypeFromBuffer(bytes))?.mime).toBe('application/zip');
        },
      ),
      { numRuns: MUTATIONS, seed: 13 },
    );
    expect(outcomes.accepted).toBeGreaterThan(100);
    expect(outcomes.rejected).toBeGreaterThan(1_000);
  });
});
