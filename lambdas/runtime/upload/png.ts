import { crc32, createInflate } from 'node:zlib';
import { inflateEach } from './inflated.ts';
import { type Dimensions, type Inspector, partCounter, pixelCounter } from './inspector.ts';
import { mismatch, trailing } from './rejection.ts';

/** PNG, third edition, section 5: a signature, then chunks of length, type, data and CRC. */
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const AROUND_DATA = 12;
/** The chunks that are kept, in the order of section 5.6, with the shortest and the longest data. Only IDAT can stand more than once. */
const KEPT: Readonly<Record<string, readonly [least: number, most: number]>> = {
  IHDR: [13, 13],
  cHRM: [32, 32],
  gAMA: [4, 4],
  sRGB: [1, 1],
  pHYs: [9, 9],
  PLTE: [3, 768],
  tRNS: [1, 256],
  IDAT: [0, Number.POSITIVE_INFINITY],
  IEND: [0, 0],
};
/** Encoders write chunks of 8 KiB and more; so many are kept or skipped. */
const MOST = { chunk: 10_000 };
/** Section 5.4: an image can be shown without a chunk whose first letter is small. */
const DISPENSABLE = /^[a-z][A-Za-z]{3}$/;

/** Section 11.2.1: samples of a pixel, and bits of a sample, by colour type; then lengths of tRNS with one sample a channel. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 3: [1, 2, 4, 8] };
const TRANSPARENT: Readonly<Record<number, number>> = { 0: 2, 2: 6 };
const PALETTE = 3;
/** Section 8.1 (Adam7): first column and row of each pass, and the distances to the next ones. */
const PASSES = '0088 4088 0448 2044 0224 1022 0112'.split(' ').map((pass) => [...pass].map(Number));
const WHOLE = [[0, 0, 1, 1]];

/**
 * A PNG: complete chunks with their checksums, whose image data inflates to exactly the rows of the header. The chunks that are
 * needed are written in the order of the format; text, profiles, times, animations and chunks of programs are removed.
 */
export const inspectPng: Inspector = async (bytes, limits) => {
  const chunks = chunksOf(bytes);
  const dataOf = (type: string) => (chunks.get(type) ?? []).map((chunk) => chunk.subarray(8, -4));
  const [header = Buffer.alloc(0)] = dataOf('IHDR');
  const size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
  pixelCounter(limits)(size);
  checkColours(header[9] ?? 0, dataOf('PLTE')[0]?.length, dataOf('tRNS')[0]?.length);
  const rows = rowsOf(header, size);
  let left = 0;
  await inflateEach(createInflate(), Buffer.concat(dataOf('IDAT')), (part) => {
    for (let at = 0; at < part.length; ) {
      if (left === 0) left = rowFrom(rows, part[at]);
      const step = Math.min(left, part.length - at);
      left -= step;
      at += step;
    }
  });
  if (left !== 0 || rows.next().done !== true) throw mismatch('pixels');
  const kept = Object.keys(KEPT).flatMap((type) => chunks.get(type) ?? []);
  return { bytes: Buffer.concat([SIGNATURE, ...kept]), ...size };
};

/** The chunks to keep by type, up to the end of the image, which is the end of the file. */
function chunksOf(bytes: Buffer): ReadonlyMap<string, readonly Buffer[]> {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw mismatch('signature');
  const count = partCounter(MOST);
  const chunks = new Map<string, Buffer[]>();
  for (let at = SIGNATURE.length; at + AROUND_DATA <= bytes.length; ) {
    const chunk = bytes.subarray(at, at + AROUND_DATA + bytes.readUInt32BE(at));
    if (chunk.length < AROUND_DATA + chunk.readUInt32BE(0)) throw mismatch('cut-off');
    if (crc32(chunk.subarray(4, -4)) !== chunk.readUInt32BE(chunk.length - 4)) throw mismatch('checksum');
    count('chunk');
    at += chunk.length;
    const type = chunk.toString('latin1', 4, 8);
    const [least, most] = KEPT[type] ?? [];
    if (least === undefined && DISPENSABLE.test(type)) continue;
    const length = chunk.length - AROUND_DATA;
    const isAllowed = least !== undefined && length >= least && length <= (most ?? 0);
    const others = chunks.get(type);
    const isRepeated = others !== undefined && type !== 'IDAT';
    if (!isAllowed || isRepeated || (chunks.size === 0) !== (type === 'IHDR')) throw mismatch('structure');
    if (others === undefined) chunks.set(type, [chunk]);
    else others.push(chunk);
    if (type !== 'IEND') continue;
    if (at !== bytes.length) throw trailing();
    return chunks;
  }
  throw mismatch('cut-off');
}

/** Sections 11.2.2 and 11.3.1.1: a palette where it is needed, and no more transparent colours than there are colours. */
function checkColours(type: number, palette: number | undefined, transparent: number | undefined): void {
  const colours = (palette ?? 0) / 3;
  const isPalette = palette === undefined ? type !== PALETTE : Number.isInteger(colours) && type !== 0 && type !== 4;
  const isTransparent = type === PALETTE ? (transparent ?? 0) <= colours : transparent === TRANSPARENT[type];
  if (!isPalette || (transparent !== undefined && !isTransparent)) throw mismatch('structure');
}

/** Bytes of each row of pixels, with its filter, of each pass that has pixels. */
function* rowsOf(header: Buffer, { width, height }: Dimensions): Generator<number> {
  const [depth = 0, colourType = -1, compression, filter, interlace = 2] = header.subarray(8);
  const samples = SAMPLES[colourType];
  const isKnown = (DEPTHS[colourType] ?? [8, 16]).includes(depth) && compression === 0 && filter === 0 && interlace < 2;
  if (samples === undefined || !isKnown) throw mismatch('structure');
  for (const [column = 0, row = 0, right = 1, down = 1] of interlace === 1 ? PASSES : WHOLE) {
    const columns = Math.ceil((width - column) / right);
    for (let at = row; at < height && columns > 0; at += down) yield 1 + Math.ceil((columns * samples * depth) / 8);
  }
}

/** Bytes of the next row, which begins with one of the five filters (section 9.2). */
function rowFrom(rows: Iterator<number, unknown>, filter = 0): number {
  const { value, done } = rows.next();
  if (done === true || filter > 4) throw mismatch('pixels');
  return value;
}
