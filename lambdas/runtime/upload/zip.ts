import { crc32, createInflateRaw } from 'node:zlib';
import { type Entry, fromBufferPromise, type LocalFileHeader, parseExtraFields, type ZipFile } from 'yauzl';
import { inflateEach } from './inflated.ts';
import type { Inspector } from './inspector.ts';
import { cutOff, dangerous, FileRejected, mismatch, structure, trailing } from './rejection.ts';

/** APPNOTE.TXT, section 4.3.16: the end record, here without a comment. */
const END = 0x06054b50;
const END_BYTES = 22;
/** Section 4.3.9: a checksum and two sizes, usually behind a signature. */
const DESCRIPTOR = 0x08074b50;
const DESCRIPTOR_BYTES = 12;

/** Most entries, bytes of all entries, and bytes for each compressed one. */
const MAX_ENTRIES = 1_000;
const MAX_UNPACKED = 100_000_000;
const MAX_RATIO = 200;
const RATIO_MATTERS_FROM = 1_000_000;

/** Section 4.4.4: deflated as usual or faster, sizes behind the data, a name in UTF-8. */
const FLAGS = { option1: 2, option2: 4, descriptor: 8, utf8: 0x800 } as const;
const KNOWN_FLAGS = FLAGS.option1 | FLAGS.option2 | FLAGS.descriptor | FLAGS.utf8;
const [STORED, DEFLATED] = [0, 8];
/** Section 4.6 and Info-ZIP's list: times, and owners of Unix. Other fields can hold another name, or other sizes. */
const KNOWN_FIELDS = [0x000a, 0x5455, 0x5855, 0x7875];
/** Types of files of Unix: none, a file, a folder. */
const KNOWN_MODES = [0, 0x8000, 0x4000];

/** Visible segments without what a path means to any system, none of them `.`, `..`, or with a dot or a space at its end. */
const NAME = /^(?:[^\p{C}/\\:*?"<>|]*[^\p{C}/\\:*?"<>|. ]\/)*(?:[^\p{C}/\\:*?"<>|]*[^\p{C}/\\:*?"<>|. ]\/?)$/u;

/**
 * A ZIP that unpacks only into its folder: from its first entry to its directory without a gap, each entry named and sized
 * alike wherever a reader looks, not encrypted, no link, and no bomb, for which each entry is inflated. A scan has to inspect
 * the content of entries.
 */
export const inspectZip: Inspector = async (bytes) => {
  const directory = directoryOf(bytes);
  try {
    const archive = await fromBufferPromise(bytes, { decodeStrings: false });
    if (archive.entryCount > MAX_ENTRIES) {
      throw dangerous('too-many-entries', `must hold at most ${MAX_ENTRIES} entries`);
    }
    await checkEntries(archive, bytes.subarray(0, directory));
  } catch (error) {
    throw error instanceof FileRejected ? error : structure();
  }
  return { bytes };
};

/** Where the directory begins, which the end record must name, and which must reach to it. */
function directoryOf(bytes: Buffer): number {
  const end = bytes.length - END_BYTES;
  if (end < 0) throw cutOff();
  if (bytes.readUInt32LE(end) !== END) throw bytes.includes(Buffer.from('504b0506', 'hex')) ? trailing() : cutOff();
  const directory = bytes.readUInt32LE(end + 16);
  // One disk, whose entries are all entries.
  if (bytes.readUInt32LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== bytes.readUInt16LE(end + 10))
    throw structure();
  if (directory + bytes.readUInt32LE(end + 12) !== end) throw structure();
  return directory;
}

async function checkEntries(archive: ZipFile, entries: Buffer): Promise<void> {
  const names = new Set<string>();
  const ranges: (readonly [start: number, end: number])[] = [];
  let unpacked = 0;
  for await (const entry of archive.eachEntry()) {
    const local = await archive.readLocalFileHeaderPromise(entry);
    const name = nameOf(entry, local);
    if (names.has(name)) throw dangerous('entry-repeated', 'must hold each entry once');
    names.add(name);
    checkKind(entry, local);
    const end = local.fileDataStart + entry.compressedSize;
    if (end > entries.length) throw structure();
    await checkData(entries.subarray(local.fileDataStart, end), entry, (size) => {
      unpacked += size;
      if (unpacked > MAX_UNPACKED) throw bomb();
    });
    ranges.push([entry.relativeOffsetOfLocalHeader, end + descriptorBytes(entries.subarray(end), entry)]);
  }
  let at = 0;
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    if (start !== at) throw structure();
    at = end;
  }
  if (at !== entries.length) throw structure();
}

/** The one name that every reader of an entry sees, compared as file systems compare that ignore case. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFieldRaw }: Entry, local: LocalFileHeader): string {
  const fields = [extraFieldRaw, local.extraField].flatMap((field) => parseExtraFields(field));
  if (!fileNameRaw.equals(local.fileName) || fields.some(({ id }) => !KNOWN_FIELDS.includes(id))) {
    throw dangerous('entry-names', 'must name and size its entries alike in all places');
  }
  const name = fileNameRaw.toString('utf8');
  const isReadable = /^[\x20-\x7e]*$/.test(name) || (generalPurposeBitFlag & FLAGS.utf8) !== 0;
  if (!isReadable || !Buffer.from(name).equals(fileNameRaw)) throw dangerous('entry-names', 'must have names in UTF-8');
  if (!NAME.test(name)) throw dangerous('entry-outside', 'must hold names that stay in its folder');
  return name.normalize('NFKC').toLowerCase().replace(/\/$/, '');
}

/** Files and folders, compressed as every reader can, described alike in both places. */
function checkKind(entry: Entry, local: LocalFileHeader): void {
  const { generalPurposeBitFlag: flags, compressionMethod } = entry;
  if ((flags & 1) !== 0) throw dangerous('encrypted', 'must not be encrypted, since it could not be inspected');
  if (!KNOWN_MODES.includes((entry.externalFileAttributes >>> 16) & 0xf000)) {
    throw dangerous('entry-link', 'must hold no links');
  }
  if ((flags & ~KNOWN_FLAGS) !== 0 || ![STORED, DEFLATED].includes(compressionMethod)) throw structure();
  if (local.generalPurposeBitFlag !== flags || local.compressionMethod !== compressionMethod) throw structure();
  const sizes = (header: Entry | LocalFileHeader) => [header.crc32, header.compressedSize, header.uncompressedSize];
  const isLater = (flags & FLAGS.descriptor) !== 0 && sizes(local).every((size) => size === 0);
  if (!isLater && sizes(local).join() !== sizes(entry).join()) {
    throw dangerous('entry-names', 'must name and size its entries alike in all places');
  }
}

/** Inflates an entry: its size and its checksum must be those of the directory. */
async function checkData(data: Buffer, entry: Entry, count: (size: number) => void): Promise<void> {
  const { compressionMethod, uncompressedSize } = entry;
  let [size, checksum] = [0, 0];
  const add = (bytes: Buffer) => {
    size += bytes.length;
    checksum = crc32(bytes, checksum);
    count(bytes.length);
    if (size > uncompressedSize || (size > RATIO_MATTERS_FROM && size > MAX_RATIO * data.length)) throw bomb();
  };
  if (compressionMethod === STORED) add(data);
  else await inflateEach(createInflateRaw(), data, add);
  if (size !== uncompressedSize || checksum !== entry.crc32) throw mismatch('checksum');
}

/** Bytes behind an entry that repeat its checksum and its sizes, if its flags announce them. */
function descriptorBytes(
  after: Buffer,
  { generalPurposeBitFlag, crc32: checksum, compressedSize, uncompressedSize }: Entry,
) {
  if ((generalPurposeBitFlag & FLAGS.descriptor) === 0) return 0;
  const isSigned = after.length >= 4 && after.readUInt32LE(0) === DESCRIPTOR;
  const values = after.subarray(isSigned ? 4 : 0, (isSigned ? 4 : 0) + DESCRIPTOR_BYTES);
  const expected = [checksum, compressedSize, uncompressedSize];
  if (values.length < DESCRIPTOR_BYTES || expected.some((value, i) => values.readUInt32LE(4 * i) !== value))
    throw structure();
  return DESCRIPTOR_BYTES + (isSigned ? 4 : 0);
}

function bomb() {
  return dangerous('archive-bomb', 'must unpack to the sizes that it declares, and to a sane total');
}
