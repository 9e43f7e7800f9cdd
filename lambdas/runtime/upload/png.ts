import { crc32, createInflate } from 'node:zlib';
import { inflateEach } from './inflated.ts';
import { type Inspector, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, structure, trailing } from './rejection.ts';

/** PNG, third edition, section 5: a signature, then chunks of length, type, data and CRC. */
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const AROUND_DATA = 12;
/** The chunks that are kept, in the order of section 5.6, with the longest data of each. Only IDAT can stand more than once. */
const KEPT: Readonly<Record<string, number>> = {
  IHDR: 13,
  cHRM: 32,
  gAMA: 4,
  sRGB: 1,
  pHYs: 9,
  PLTE: 768,
  tRNS: 256,
  IDAT: 2 ** 31 - 1,
  IEND: 0,
};
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

interface Chunk {
  readonly data: Buffer;
  /** With its length, its type and its checksum. */
  readonly whole: Buffer;
}

/**
 * A PNG: complete chunks with their checksums, whose image data inflates to exactly the pixels of the header. The chunks that are
 * needed are written in the order of the format; text, profiles, times, animations and chunks of programs are removed.
 */
export const inspectPng: Inspector = async (bytes, limits) => {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw mismatch('signature');
  const chunks = chunksOf(bytes);
  const [header = Buffer.alloc(0)] = dataOf(chunks, 'IHDR');
  if (header.length !== KEPT['IHDR']) throw structure();
  const size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
  pixelCounter(limits)(size);
  checkColours(header[9] ?? 0, dataOf(chunks, 'PLTE')[0]?.length, dataOf(chunks, 'tRNS')[0]?.length);
  let left = inflatedBytes(header, size);
  await inflateEach(createInflate(), Buffer.concat(dataOf(chunks, 'IDAT')), ({ length }) => {
    left -= length;
    if (left < 0) throw mismatch('pixels');
  });
  if (left !== 0) throw mismatch('pixels');
  const kept = Object.keys(KEPT).flatMap((type) => chunks.get(type) ?? []);
  return { bytes: Buffer.concat([SIGNATURE, ...kept.map(({ whole }) => whole)]), ...size };
};

function dataOf(chunks: ReadonlyMap<string, readonly Chunk[]>, type: string): readonly Buffer[] {
  return (chunks.get(type) ?? []).map(({ data }) => data);
}

/** The chunks to keep by type, up to the end of the image, which is the end of the file. */
function chunksOf(bytes: Buffer): ReadonlyMap<string, readonly Chunk[]> {
  const chunks = new Map<string, Chunk[]>();
  for (let at = SIGNATURE.length; at + AROUND_DATA <= bytes.length; ) {
    const whole = bytes.subarray(at, at + AROUND_DATA + bytes.readUInt32BE(at));
    if (whole.length < AROUND_DATA + whole.readUInt32BE(0)) throw cutOff();
    if (crc32(whole.subarray(4, -4)) !== whole.readUInt32BE(whole.length - 4)) throw mismatch('checksum');
    at += whole.length;
    const [type, data] = [whole.toString('latin1', 4, 8), whole.subarray(8, -4)];
    const others = chunks.get(type) ?? [];
    const most = KEPT[type];
    if (most === undefined && DISPENSABLE.test(type)) continue;
    if (most === undefined || data.length > most || (others.length > 0 && type !== 'IDAT')) throw structure();
    if ((chunks.size === 0) !== (type === 'IHDR')) throw structure();
    chunks.set(type, [...others, { data, whole }]);
    if (type !== 'IEND') continue;
    if (at !== bytes.length) throw trailing();
    return chunks;
  }
  throw cutOff();
}

/** Sections 11.2.2 and 11.3.1.1: a palette where it is needed, and no more transparent colours than there are colours. */
function checkColours(type: number, palette: number | undefined, transparent: number | undefined): void {
  const colours = (palette ?? 0) / 3;
  const isPalette =
    palette === undefined ? type !== PALETTE : colours > 0 && Number.isInteger(colours) && type !== 0 && type !== 4;
  const most = type === PALETTE ? colours : (TRANSPARENT[type] ?? 0);
  const least = type === PALETTE ? 1 : most;
  const isTransparent = transparent === undefined || (transparent > 0 && transparent >= least && transparent <= most);
  if (!isPalette || !isTransparent) throw structure();
}

/** What the image data inflates to: rows of pixels, each with the byte of its filter, of each pass that has pixels. */
function inflatedBytes(header: Buffer, { width, height }: { readonly width: number; readonly height: number }): number {
  const [depth = 0, colourType = -1, compression, filter, interlace = 2] = header.subarray(8);
  const samples = SAMPLES[colourType];
  const isKnown = (DEPTHS[colourType] ?? [8, 16]).includes(depth) && compression === 0 && filter === 0 && interlace < 2;
  if (samples === undefined || !isKnown) throw structure();
  return (interlace === 1 ? PASSES : WHOLE).reduce((sum, [column = 0, row = 0, right = 1, down = 1]) => {
    const columns = Math.ceil((width - column) / right);
    const rows = Math.max(0, Math.ceil((height - row) / down));
    return columns > 0 ? sum + rows * (1 + Math.ceil((columns * samples * depth) / 8)) : sum;
  }, 0);
}
