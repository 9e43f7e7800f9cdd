import { orientationOnly } from './exif.ts';
import { type InspectedContent, type Inspector, partCounter, pixelCounter } from './inspector.ts';
import { mismatch, trailing } from './rejection.ts';

/** Markers of ITU-T T.81, table B.1. */
const [SOI, EOI, SOS, FILL, PROGRESSIVE, CODES] = [0xd8, 0xd9, 0xda, 0xff, 0xc2, 0xc4];
const [JFIF, EXIF, ADOBE] = [0xe0, 0xe1, 0xee];
/** The segments that an image can have, from marker to marker, and what each must be. Frames are those that browsers show. */
const SEGMENTS: readonly (readonly [part: keyof typeof MOST, from: number, to: number, isValid: IsValid])[] = [
  ['frame', 0xc0, PROGRESSIVE, isFrame],
  ['codes', CODES, CODES, areTables],
  ['scan', SOS, SOS, isScan],
  ['factors', 0xdb, 0xdb, areTables],
  ['restarts', 0xdd, 0xdd, ({ length }) => length === 2],
  ['removed', 0xe0, 0xef, keepNote],
  ['removed', 0xfe, 0xfe, () => true],
];
/** Of each image; no encoder writes more. Each scan costs a decoder one pass over all pixels. */
const MOST = { image: 16, frame: 1, codes: 128, factors: 4, restarts: 64, scan: 64, removed: 1_024 };
/** Section B.2.2: eight bits, the size, then one, three or four components: identifier, sampling factors, table. */
const COMPONENT = '..[124]{2}0[0-3]';
const FRAME = new RegExp(`^08.{8}(01${COMPONENT}|03(${COMPONENT}){3}|04(${COMPONENT}){4})$`);
/** Section B.2.4.1: precision and number, then 64 factors of one or two bytes, none of which is 0. */
const QUANTIZATION = /^(?:0[0-3](?:(?!00)..){64}|1[0-3](?:(?!0000)....){64})/;
/** Numbers of tables in `Image`: codes of DC, codes of AC, then quantization factors. */
const [AC, FACTORS] = [16, 32];
/** libjpeg decodes no longer side. Section B.2.3 allows no more blocks of components that are interleaved. */
const [LONGEST_SIDE, MOST_BLOCKS] = [65_500, 10];

type IsValid = (data: Buffer, image: Image, marker: number) => boolean;

interface Image {
  /** By marker: what is kept of application segments, written anew. */
  readonly notes: (Buffer | undefined)[];
  readonly kept: Buffer[];
  readonly tables: Set<number>;
  frame: Buffer;
  isProgressive?: boolean;
  /** By component and coefficient: how many bits are left to further scans. */
  readonly bitsLeft: number[];
}

/**
 * A JPEG: the segments that a decoder needs, from SOI to EOI. Comments and application segments are removed, except the notes
 * on colours and the orientation. Further JPEGs, which phones append for depth and brightness (CIPA DC-007, multi-picture
 * format), are read and removed.
 */
export const inspectJpeg: Inspector = (bytes, limits) => {
  const count = partCounter(MOST);
  const countPixels = pixelCounter(limits);
  let first: InspectedContent | undefined;
  let at = 0;
  do {
    if (bytes[at] !== 0xff || bytes[at + 1] !== SOI) throw first === undefined ? mismatch('signature') : trailing();
    count('image');
    const { notes, kept, frame, bitsLeft, end } = readImage(bytes, at + 2);
    if (frame.length === 0) throw mismatch('no-size');
    const size = { height: frame.readUInt16BE(1), width: frame.readUInt16BE(3) };
    countPixels(size);
    if (Math.max(size.height, size.width) > LONGEST_SIDE) throw mismatch('structure');
    if (componentsOf(frame).some((_, index) => bitsLeft[64 * index] === undefined)) throw mismatch('cut-off');
    const parts = [Buffer.from([0xff, SOI]), ...notes, ...kept, Buffer.from([0xff, EOI])];
    first ??= { bytes: Buffer.concat(parts.filter((part) => part !== undefined)), ...size };
    at = end;
  } while (at < bytes.length);
  return first;
};

function readImage(bytes: Buffer, start: number): Image & { readonly end: number } {
  const count = partCounter(MOST);
  const image: Image = { notes: [], kept: [], tables: new Set(), bitsLeft: [], frame: Buffer.alloc(0) };
  for (let at = start; ; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === FILL) at += 1;
    const marker = bytes[at + 1];
    if (marker === undefined) throw mismatch('cut-off');
    if (marker === EOI && bytes[at] === 0xff) return { ...image, end: at + 2 };
    const [part, , , isValid] = SEGMENTS.find(([, from, to]) => marker >= from && marker <= to) ?? [];
    if (bytes[at] !== 0xff || part === undefined || isValid === undefined) throw mismatch('structure');
    count(part);
    const length = at + 4 > bytes.length ? bytes.length : bytes.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (end > bytes.length) throw mismatch('cut-off');
    if (length < 2 || !isValid(bytes.subarray(at + 4, end), image, marker)) throw mismatch('structure');
    const next = marker === SOS ? endOfScan(bytes, end) : end;
    if (part !== 'removed') image.kept.push(bytes.subarray(at, next));
    at = next;
  }
}

/** Entropy-coded data ends at the next marker; 0xFF in the data is followed by 0, and restart markers belong to it. */
function endOfScan(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw mismatch('cut-off');
}

/** Before the scans: density (ITU-T T.871), first orientation, transform of colours (ITU-T T.872, section 6.5.3). */
function keepNote(data: Buffer, { notes, bitsLeft }: Image, marker: number): boolean {
  const begins = (name: string) => data.toString('latin1', 0, name.length) === name;
  const anew = (before: string, from: number, to: number, after = '') =>
    Buffer.concat([Buffer.from(before, 'hex'), data.subarray(from, to), Buffer.from(after, 'hex')]);
  if (bitsLeft.length > 0) return true;
  if (marker === EXIF) notes[EXIF] ??= orientationOnly(data);
  if (marker === JFIF && begins('JFIF\0') && data.length >= 14)
    notes[JFIF] = anew('ffe000104a464946000101', 7, 12, '0000');
  if (marker === ADOBE && begins('Adobe') && data.length >= 12)
    notes[ADOBE] = anew('ffee000e41646f6265006400000000', 11, 12);
  return true;
}

/** Tables one after the other, each number once in a segment. */
function areTables(data: Buffer, { tables }: Image, marker: number): boolean {
  const found = new Set<number>();
  let at = 0;
  while (at < data.length) {
    const id = data[at] ?? 0;
    const number = marker === CODES ? id : FACTORS + (id & 15);
    if (found.has(number)) return false;
    found.add(number);
    tables.add(number);
    at += (marker === CODES ? codesBytes : factorsBytes)(data.subarray(at));
  }
  return at === data.length && at > 0;
}

/** Section B.2.4.2: class and number, 16 counts of codes, none of which is all ones, and their symbols. Otherwise infinite. */
function codesBytes(table: Buffer): number {
  const counts = table.subarray(1, 17);
  const bytes = counts.reduce((sum, count) => sum + count, 17);
  const symbols = table.subarray(17, bytes);
  const used = counts.reduce((sum, count, i) => sum + count / 2 ** (i + 1), 0);
  const isTable = ((table[0] ?? 0) & 0xec) === 0 && used < 1 && new Set(symbols).size === bytes - 17;
  return isTable && ((table[0] ?? 0) >= AC || symbols.every((bits) => bits < 16)) ? bytes : Number.POSITIVE_INFINITY;
}

function factorsBytes(table: Buffer): number {
  return (QUANTIZATION.exec(table.toString('hex', 0, 129))?.[0].length ?? Number.POSITIVE_INFINITY) / 2;
}

function isFrame(data: Buffer, image: Image, marker: number): boolean {
  if (!FRAME.test(data.toString('hex'))) return false;
  image.frame = data;
  image.isProgressive = marker === PROGRESSIVE;
  // An identifier that stands twice is never complete, because scans mean the first one.
  return true;
}

function componentsOf(frame: Buffer): readonly Buffer[] {
  return groupsOf(frame.subarray(6), 3);
}

/** Sections B.2.3 and G.1.1.1.1: components in the order of the frame, and which coefficients and bits of them follow. */
function isScan(data: Buffer, { frame, isProgressive, tables, bitsLeft, notes }: Image): boolean {
  const [first = 0, last = 0, bits = 0] = data.subarray(-3);
  const [known, left] = [bits >> 4, bits & 15];
  const chosen = groupsOf(data.subarray(1, -3), 2);
  const components = componentsOf(frame);
  const isBand = first === 0 ? last === 0 : chosen.length === 1 && first <= last && last < 64;
  const isOfFrame = isProgressive
    ? isBand && left <= 13 && (known === 0 || known === left + 1)
    : last === 63 && bits === 0;
  if (!isOfFrame || chosen.length === 0 || data.length !== 4 + 2 * (data[0] ?? 0)) return false;
  let [blocks, before] = [0, -1];
  for (const [id, codes = 0] of chosen) {
    const index = components.findIndex((component) => component[0] === id);
    const [, sampling = 0, factors = 0] = components[index] ?? [];
    const needed = [FACTORS + factors];
    if (first === 0 && known === 0) needed.push(codes >> 4);
    if (last > 0) needed.push(AC + (codes & 15));
    if (index <= before || (codes & 0xcc) !== 0 || !needed.every((table) => tables.has(table))) return false;
    for (let at = 64 * index + first; at <= 64 * index + last; at += 1) {
      if (bitsLeft[at] === 0 || (bitsLeft[at] ?? 0) !== known) return false;
      bitsLeft[at] = left;
    }
    if (bitsLeft[64 * index] === undefined) return false;
    blocks += (sampling >> 4) * (sampling & 15);
    before = index;
  }
  const transform = notes[ADOBE]?.at(-1) ?? 0;
  const isTransform = transform === 0 || components.length === 1 || transform === components.length - 2;
  return isTransform && (chosen.length === 1 || blocks <= MOST_BLOCKS);
}

function groupsOf(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(size * i, size * (i + 1)));
}
