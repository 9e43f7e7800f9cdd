import type { Inspector } from './inspector.ts';
import { cutOff, dangerous, mismatch, trailing } from './rejection.ts';

/** APPNOTE.TXT, section 4.3: signatures and lengths of the records. */
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;

/** Maximum of files and bytes when unpacked, and of the compression ratio. */
const MAX_ENTRIES = 1_000;
const MAX_UNPACKED = 100_000_000;
const MAX_RATIO = 200;
const RATIO_MATTERS_FROM = 1_000_000;
/** Bit 0 of the flags: encrypted. */
const ENCRYPTED = 1;
/** File type bits of a Unix mode for a symbolic link. */
const LINK = 0xa000;

/** An absolute path, a drive, a parent folder, another system's separator, or an invalid file name. */
const OUTSIDE = /^\/|^[A-Za-z]:|\\|(^|\/)\.\.(\/|$)|\p{Cc}/u;

/**
 * A ZIP: it begins with its first entry, ends with its directory, and unpacks only into its folder: no path outside,
 * no link, no bomb, nothing encrypted. A scan has to inspect the content of entries.
 */
export const inspectZip: Inspector = (bytes) => {
  const end = bytes.length - END_BYTES;
  if (end < 0) throw cutOff();
  if (bytes.readUInt32LE(end) !== END) throw bytes.lastIndexOf(signature(END)) === -1 ? cutOff() : trailing();
  const entries = bytes.readUInt16LE(end + 10);
  const start = bytes.readUInt32LE(end + 16);
  if (bytes.readUInt16LE(end + 8) !== entries || start + bytes.readUInt32LE(end + 12) !== end) throw broken();
  if (entries > MAX_ENTRIES) throw dangerous('too-many-entries', `must hold at most ${MAX_ENTRIES} entries`);
  const seen = new Set<string>();
  let unpacked = 0;
  let at = start;
  for (let i = 0; i < entries; i += 1) {
    const entry = entryAt(bytes, at, end);
    const key = entry.name.toLowerCase();
    if (seen.has(key)) throw dangerous('entry-repeated', 'must hold each entry once');
    seen.add(key);
    unpacked += entry.size;
    if (unpacked > MAX_UNPACKED || entry.ratio > MAX_RATIO) {
      throw dangerous('archive-bomb', 'must unpack to a size that is sane');
    }
    at = entry.next;
  }
  if (at !== end || (entries > 0 && bytes.readUInt32LE(0) !== LOCAL)) throw broken();
  return undefined;
};

function entryAt(bytes: Buffer, at: number, end: number) {
  if (at + CENTRAL_BYTES > end || bytes.readUInt32LE(at) !== CENTRAL) throw broken();
  const lengths = [28, 30, 32].map((location) => bytes.readUInt16LE(at + location));
  const [nameLength = 0] = lengths;
  const next = lengths.reduce((sum, length) => sum + length, at + CENTRAL_BYTES);
  if (next > end) throw broken();
  const name = bytes.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength);
  if (name === '' || OUTSIDE.test(name)) throw dangerous('entry-outside', 'must hold names that stay in its folder');
  if ((bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0) {
    throw dangerous('encrypted', 'must not be encrypted, since it could not be inspected');
  }
  if (((bytes.readUInt32LE(at + 38) >>> 16) & 0xf000) === LINK) throw dangerous('entry-link', 'must hold no links');
  checkLocal(bytes, bytes.readUInt32LE(at + 42), name);
  const packed = bytes.readUInt32LE(at + 20);
  const size = bytes.readUInt32LE(at + 24);
  return { name, size, next, ratio: size < RATIO_MATTERS_FROM ? 1 : size / Math.max(1, packed) };
}

/** Programs that read an archive from its beginning see other names than those that read the directory. */
function checkLocal(bytes: Buffer, at: number, name: string): void {
  if (at + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== LOCAL) throw broken();
  const length = bytes.readUInt16LE(at + 26);
  if (bytes.toString('utf8', at + LOCAL_BYTES, at + LOCAL_BYTES + length) === name) return;
  throw dangerous('entry-names', 'must name its entries alike in both places');
}

function broken() {
  return mismatch('structure', 'must have the directory of its format');
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
