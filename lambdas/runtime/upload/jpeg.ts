import { exifOf, orientationOf } from './exif.ts';
import { type Dimensions, type InspectedContent, type Inspector, partCounter, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, trailing } from './rejection.ts';

/** Markers of ITU-T T.81, table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const FILL = 0xff;
const JFIF = 0xe0;
const EXIF = 0xe1;
const ADOBE = 0xee;
/** Baseline, extended sequential and progressive, with Huffman tables: what browsers show. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** Huffman tables, quantization tables, and the distance of restart markers, which is a number of two bytes. */
const TABLES: Readonly<Record<number, (data: Buffer) => boolean>> = {
  196: areHuffmanTables,
  219: areQuantizationTables,
  221: ({ length }) => length === 2,
};
/** Application segments and comments. */
const isRemovable = (marker: number) => marker >= JFIF && (marker <= 0xef || marker === 0xfe);
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

/** More scans than any encoder writes cost a decoder one pass over all pixels each. */
const MOST = { image: 16, scan: 64, table: 512 };
interface Segment {
  readonly marker: number;
  /** After the length. */
  readonly data: Buffer;
  /** With marker and length; of a scan, with its entropy-coded data. */
  readonly whole: Buffer;
}

interface Frame extends Dimensions {
  readonly ids: ReadonlySet<number | undefined>;
}

/**
 * A JPEG: the segments that a decoder needs, from SOI to EOI. Comments and application segments are removed, except the note
 * on colours and the orientation. Further JPEGs, which phones append for depth and brightness (CIPA DC-007, multi-picture
 * format), are read and removed.
 */
export const inspectJpeg: Inspector = (bytes, limits) => {
  const count = partCounter(MOST);
  const countPixels = pixelCounter(limits);
  let first: InspectedContent | undefined;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0xff || bytes[at + 1] !== SOI) throw first === undefined ? structure() : trailing();
    count('image');
    const { segments, end } = segmentsOf(bytes, at + 2);
    const size = checkSegments(segments, count);
    countPixels(size);
    first ??= { bytes: withoutRemovable(segments), ...size };
    at = end;
  }
  if (first === undefined) throw cutOff();
  return first;
};

function segmentsOf(bytes: Buffer, start: number): { readonly segments: readonly Segment[]; readonly end: number } {
  const segments: Segment[] = [];
  for (let at = start; at + 1 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw structure();
    const marker = bytes[at + 1] ?? 0;
    if (marker === EOI) return { segments, end: at + 2 };
    if (marker === FILL) {
      at += 1;
      continue;
    }
    if (at + 4 > bytes.length) throw cutOff();
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end < at + 4) throw structure();
    if (end > bytes.length) throw cutOff();
    const next = marker === SOS ? endOfScan(bytes, end) : end;
    segments.push({ marker, data: bytes.subarray(at + 4, end), whole: bytes.subarray(at, next) });
    at = next;
  }
  throw cutOff();
}

/** Entropy-coded data ends at the next marker; 0xFF in the data is followed by 0, and restart markers belong to it. */
function endOfScan(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && !isRestart(next)) return at;
  }
  throw cutOff();
}

/** Checks the segments that a decoder reads, each by its section of annex B. */
function checkSegments(segments: readonly Segment[], count: (part: string) => void): Dimensions {
  let frame: Frame | undefined;
  let scans = 0;
  for (const { marker, data } of segments) {
    if (isRemovable(marker)) continue;
    if (FRAMES.includes(marker)) {
      if (frame !== undefined) throw structure();
      frame = frameOf(data);
    } else if (marker === SOS) {
      count('scan');
      scans += 1;
      if (frame === undefined || !isScan(data, frame)) throw structure();
    } else {
      const isTable = TABLES[marker];
      count('table');
      if (isTable?.(data) !== true) throw structure();
    }
  }
  if (frame === undefined) throw mismatch('no-size', 'must have a width and a height');
  if (scans === 0) throw cutOff();
  return { width: frame.width, height: frame.height };
}

/** Section B.2.2: eight bits per sample, and one, three or four components. */
function frameOf(data: Buffer): Frame {
  const components = data[5] ?? 0;
  if (![1, 3, 4].includes(components) || data.length !== 6 + 3 * components || data[0] !== 8) throw structure();
  const parts = Array.from({ length: components }, (_, index) => data.subarray(6 + 3 * index, 9 + 3 * index));
  const isSampled = (factors = 0) =>
    factors >> 4 >= 1 && factors >> 4 <= 4 && (factors & 15) >= 1 && (factors & 15) <= 4;
  if (!parts.every(([, factors, table = 4]) => isSampled(factors) && table <= 3)) throw structure();
  const ids = new Set(parts.map(([id]) => id));
  if (ids.size !== components) throw structure();
  return { height: data.readUInt16BE(1), width: data.readUInt16BE(3), ids };
}

/** Section B.2.3: some of the components of the frame, each once, then the range of coefficients. */
function isScan(data: Buffer, { ids }: Frame): boolean {
  const components = data[0] ?? 0;
  if (components < 1 || components > ids.size || data.length !== 4 + 2 * components) return false;
  const named = new Set(Array.from({ length: components }, (_, index) => data[1 + 2 * index]));
  const [first = 64, last = 64] = data.subarray(1 + 2 * components);
  return named.size === components && [...named].every((id) => ids.has(id)) && first <= last && last <= 63;
}

/** Section B.2.4.2: code lengths and symbols of Huffman tables, one after the other to the end. */
function areHuffmanTables(data: Buffer): boolean {
  let at = 0;
  while (at + 17 <= data.length) {
    const [id = 255] = data.subarray(at);
    const symbols = data.subarray(at + 1, at + 17).reduce((sum, length) => sum + length, 0);
    if (id >> 4 > 1 || (id & 15) > 3 || symbols > 256) return false;
    at += 17 + symbols;
  }
  return at === data.length;
}

/** Section B.2.4.1: 64 factors of 8 or 16 bits for each table. */
function areQuantizationTables(data: Buffer): boolean {
  let at = 0;
  while (at < data.length) {
    const [id = 255] = data.subarray(at);
    if (id >> 4 > 1 || (id & 15) > 3) return false;
    at += 1 + 64 * ((id >> 4) + 1);
  }
  return at === data.length;
}

/** The image without what only programs read. The orientation is written anew, alone, because viewers turn photos by it. */
function withoutRemovable(segments: readonly Segment[]): Buffer {
  const jfif = segments.find(({ marker, data }) => marker === JFIF && isPlainJfif(data));
  const colours = segments.find(
    ({ marker, data }) => marker === ADOBE && data.length === 12 && data.indexOf('Adobe') === 0,
  );
  const orientation = segments.flatMap(({ marker, data }) => (marker === EXIF ? orientationOf(data) : []))[0];
  const needed = segments.filter(({ marker }) => !isRemovable(marker));
  const kept = [jfif, colours, ...needed].filter((segment) => segment !== undefined).map(({ whole }) => whole);
  const exif = orientation === undefined ? [] : [exifOf(orientation)];
  const [head = Buffer.alloc(0), ...rest] = jfif === undefined ? [Buffer.alloc(0), ...kept] : kept;
  return Buffer.concat([Buffer.from([0xff, SOI]), head, ...exif, ...rest, Buffer.from([0xff, EOI])]);
}

/** JFIF (ITU-T T.871) without a thumbnail. */
function isPlainJfif(data: Buffer): boolean {
  return data.length === 14 && data.indexOf('JFIF\0', 0, 'latin1') === 0 && data[12] === 0 && data[13] === 0;
}

function structure() {
  return mismatch('structure', 'must consist of the segments of its format');
}
