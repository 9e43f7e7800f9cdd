import { crc32, createInflateRaw } from 'node:zlib';
import { type Entry, fromBufferPromise, parseExtraFields } from 'yauzl';
import { foldedName, isPlainSegment } from './fileName.ts';
import { inflateEach } from './inflated.ts';
import type { Inspector } from './inspector.ts';
import { dangerous, FileRejected, mismatch } from './rejection.ts';

/** APPNOTE.TXT, sections 4.3.7 to 4.3.16: signatures, and lengths without names and fields. */
const SIGNATURES = { entry: 0x04034b50, descriptor: 0x08074b50, end: 0x06054b50, zip64: 0x07064b50 } as const;
const BYTES = { entry: 30, record: 46, descriptor: 16, end: 22, zip64: 20 } as const;

/** Most entries, folders around one, bytes of all entries, and bytes for each compressed one. */
const MAX_ENTRIES = 1_000;
const MAX_DEPTH = 32;
const MAX_UNPACKED = 100_000_000;
const MAX_RATIO = 200;
const RATIO_MATTERS_FROM = 1_000_000;

const [STORED, DEFLATED] = [0, 8];
/** Section 4.4.4: deflated with any effort, sizes behind the data, a name in UTF-8. */
const FLAGS = { efforts: 6, descriptor: 8, utf8: 0x800 } as const;
/** What the fields of a record can be, of those that change how a reader reads the entry. */
const VALUES = {
  versionNeededToExtract: [10, 20],
  compressionMethod: [STORED, DEFLATED],
  fileCommentLength: [0],
  internalFileAttributes: [0, 1],
} as const satisfies Partial<Record<keyof Entry, readonly number[]>>;
/** Section 4.4.2: systems whose encoders write names as they are: DOS, Unix, Windows (under two numbers), macOS. */
const SYSTEMS = [0, 3, 10, 11, 19];
/** Extra fields with their lengths: times, owners of Unix, the mark of a JAR. Others can hold another name, or other sizes. */
const FIELDS: Readonly<Record<number, readonly number[]>> = {
  [0x000a]: [32],
  [0x5455]: [1, 5, 9, 13],
  [0x5855]: [8, 12],
  [0x7875]: [11],
  [0xcafe]: [0],
};
/** More than all of them need. */
const MAX_FIELD_BYTES = 128;
/** External attributes: the type of a file in Unix, with permissions but no set-user-ID, and flags of DOS and macOS. */
const UNIX_TYPES = { file: [0, 0x8000], folder: [0, 0x4000] } as const;
const DOS_FLAGS = { file: 0xe0a7, folder: 0xe0b7 } as const;

/**
 * A ZIP that unpacks only into its folder, to the same files in every reader: whether it looks in the directory, by its count
 * or by its size, or goes from entry to entry. Only then is each entry inflated. A scan has to inspect the content of entries.
 */
export const inspectZip: Inspector = async (bytes) => {
  try {
    const entries = await entriesOf(bytes);
    checkPaths(entries.map(({ name }) => name));
    if (entries.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0) > MAX_UNPACKED) throw bomb();
    for (const { entry, data } of entries) await checkData(data, entry);
  } catch (error) {
    throw error instanceof FileRejected ? error : mismatch('structure');
  }
  return { bytes };
};

interface ZipEntry {
  readonly entry: Entry;
  readonly name: string;
  /** The compressed data. */
  readonly data: Buffer;
}

/** The entries, from the first byte to the directory, and the directory from there to the end record, both in one order. */
async function entriesOf(bytes: Buffer): Promise<readonly ZipEntry[]> {
  const end = bytes.length - BYTES.end;
  if (end < 0) throw mismatch('cut-off');
  if (bytes.readUInt32LE(end) !== SIGNATURES.end) {
    throw bytes.includes(littleEndian(SIGNATURES.end))
      ? dangerous('trailing-data', 'must end where its format ends')
      : mismatch('cut-off');
  }
  const start = bytes.readUInt32LE(end + 16);
  const isOneDisk = bytes.readUInt32LE(end + 4) === 0 && bytes.readUInt16LE(end + 8) === bytes.readUInt16LE(end + 10);
  const isZip64 = end >= BYTES.zip64 && bytes.readUInt32LE(end - BYTES.zip64) === SIGNATURES.zip64;
  if (!isOneDisk || isZip64 || start + bytes.readUInt32LE(end + 12) !== end) throw mismatch('structure');
  const archive = await fromBufferPromise(bytes, { decodeStrings: false, validateEntrySizes: false });
  if (archive.entryCount > MAX_ENTRIES) {
    throw dangerous('too-many-entries', `must hold at most ${MAX_ENTRIES} entries`);
  }
  const entries: ZipEntry[] = [];
  let [at, record] = [0, start];
  for await (const entry of archive.eachEntry()) {
    const name = nameOf(entry);
    checkRecord(entry, name, bytes.readUInt16LE(record + 34));
    if (entry.relativeOffsetOfLocalHeader !== at) throw mismatch('structure');
    const data = dataOf(entry, bytes.subarray(at, start), bytes.subarray(record, record + BYTES.record));
    entries.push({ entry, name, data });
    at = data.byteOffset - bytes.byteOffset + data.length + (isDescribed(entry) ? BYTES.descriptor : 0);
    record += BYTES.record + entry.fileNameLength + entry.extraFieldLength;
  }
  if (at !== start || record !== end) throw mismatch('structure');
  return entries;
}

/** A name in UTF-8 whose segments mean the same to every system. */
function nameOf({ fileNameRaw, generalPurposeBitFlag }: Entry): string {
  const name = fileNameRaw.toString('utf8');
  const isReadable = /^[\x20-\x7e]*$/.test(name) || (generalPurposeBitFlag & FLAGS.utf8) !== 0;
  if (!isReadable || !Buffer.from(name).equals(fileNameRaw)) throw dangerous('entry-names', 'must have names in UTF-8');
  const segments = name.replace(/\/$/, '').split('/', MAX_DEPTH + 2);
  if (segments.length > MAX_DEPTH + 1 || !segments.every(isPlainSegment)) {
    throw dangerous('entry-outside', 'must hold names that stay in its folder, and that every system accepts');
  }
  return name;
}

/** Files and folders, compressed as every reader can. */
function checkRecord(entry: Entry, name: string, disk: number): void {
  const { generalPurposeBitFlag: flags, externalFileAttributes: attributes } = entry;
  const kind = name.endsWith('/') ? 'folder' : 'file';
  const isKnown = Object.entries(VALUES).every(([field, values]) =>
    (values as readonly number[]).includes(entry[field as keyof typeof VALUES]),
  );
  if ((flags & 1) !== 0) throw dangerous('encrypted', 'must not be encrypted, since it could not be inspected');
  if ((flags & ~(FLAGS.efforts | FLAGS.descriptor | FLAGS.utf8)) !== 0 || !isKnown) throw mismatch('structure');
  // The end of stored data that announces no length is a guess.
  if (isDescribed(entry) && entry.compressionMethod !== DEFLATED) throw mismatch('structure');
  if (disk !== 0 || !SYSTEMS.includes(entry.versionMadeBy >>> 8)) throw mismatch('structure');
  const isPlain = UNIX_TYPES[kind].some((type) => type === ((attributes >>> 16) & 0xfe00));
  if (!isPlain || (attributes & 0xffff & ~DOS_FLAGS[kind]) !== 0) {
    throw dangerous('entry-link', 'must hold plain files and folders, and no links');
  }
  if (kind === 'folder' && entry.uncompressedSize !== 0) throw mismatch('structure');
  if (entry.uncompressedSize > Math.max(RATIO_MATTERS_FROM, MAX_RATIO * entry.compressedSize)) throw bomb();
}

/** The data of the first entry in a range, whose header must repeat the record, byte by byte except the time, as must its descriptor. */
function dataOf(entry: Entry, range: Buffer, record: Buffer): Buffer {
  const nameEnd = BYTES.entry + entry.fileNameLength;
  const start = nameEnd + range.readUInt16LE(BYTES.entry - 2);
  const end = start + entry.compressedSize;
  const sizes = record.subarray(16, 28);
  const header = Buffer.concat([littleEndian(SIGNATURES.entry), record.subarray(6, 30)]);
  const descriptor = Buffer.concat([littleEndian(SIGNATURES.descriptor), sizes]);
  if (isDescribed(entry)) header.fill(0, 14, 26);
  // Some encoders read the clock for each of the two.
  range.copy(header, 10, 10, 14);
  const isRepeated =
    range.subarray(0, header.length).equals(header) && range.subarray(BYTES.entry, nameEnd).equals(entry.fileNameRaw);
  if (!isRepeated || ![range.subarray(nameEnd, start), entry.extraFieldRaw].every(hasKnownFields)) {
    throw dangerous('entry-names', 'must name and size its entries alike in all places');
  }
  if (end > range.length) throw mismatch('structure');
  if (isDescribed(entry) && !range.subarray(end, end + BYTES.descriptor).equals(descriptor))
    throw mismatch('structure');
  return range.subarray(start, end);
}

/** Known fields, each once, to the last byte. */
function hasKnownFields(bytes: Buffer): boolean {
  if (bytes.length > MAX_FIELD_BYTES) return false;
  const fields = parseExtraFields(bytes);
  const length = fields.reduce((sum, { data }) => sum + 4 + data.length, 0);
  const isOnce = new Set(fields.map(({ id }) => id)).size === fields.length;
  return (
    isOnce && length === bytes.length && fields.every(({ id, data }) => FIELDS[id]?.includes(data.length) === true)
  );
}

/** No two entries are one on a file system that ignores case or kinds of characters, and no file is a folder as well. */
function checkPaths(names: readonly string[]): void {
  const [paths, files, folders] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const name of names) {
    const path = foldedName(name.replace(/\/$/, ''));
    paths.add(path);
    if (!name.endsWith('/')) files.add(path);
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  }
  if (paths.size < names.length || [...folders].some((folder) => files.has(folder))) {
    throw dangerous('entry-repeated', 'must hold each entry once');
  }
}

/** Inflates an entry: its size and its checksum must be those of the directory. */
async function checkData(data: Buffer, { compressionMethod, uncompressedSize, crc32: expected }: Entry): Promise<void> {
  let [size, checksum] = [0, 0];
  const add = (bytes: Buffer) => {
    size += bytes.length;
    checksum = crc32(bytes, checksum);
    if (size > uncompressedSize) throw bomb();
  };
  if (compressionMethod === STORED) add(data);
  else await inflateEach(createInflateRaw(), data, add);
  if (size !== uncompressedSize || checksum !== expected) throw mismatch('checksum');
}

/** Whether checksum and sizes follow the data, and are 0 before it. */
function isDescribed({ generalPurposeBitFlag }: Entry): boolean {
  return (generalPurposeBitFlag & FLAGS.descriptor) !== 0;
}

function littleEndian(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer);
}

function bomb() {
  return dangerous('archive-bomb', 'must unpack to the sizes that it declares, and to a sane total');
}
