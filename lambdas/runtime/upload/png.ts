import { crc32 } from 'node:zlib';
import { type Dimensions, type Inspector, pixelCounter } from './inspector.ts';
import { checkPixels, type PixelFormat } from './pngPixels.ts';
import { cutOff, mismatch, trailing } from './rejection.ts';

/** PNG, third edition, section 5: a signature, then chunks of length, type, data and CRC. */
const SIGNATURE = 8;
const AROUND_DATA = 12;
const MAX_SIZE = 2 ** 31 - 1;

/** Section 11.2.1: colour types, each with its samples per pixel and its bit depths. */
const COLOUR_TYPES: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
const PALETTE = 3;
const WITH_ALPHA = [4, 6];

/** The ancillary chunks that are kept, with their lengths: colours of the screen and size of a pixel. */
const KEPT: Readonly<Record<string, number>> = { cHRM: 32, gAMA: 4, pHYs: 9, sRGB: 1 };

interface Header extends Dimensions, PixelFormat {
  readonly colourType: number;
  readonly depth: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** With its length and its checksum. */
  readonly whole: Buffer;
}

/**
 * A PNG: complete chunks with their checksums in the order of the format, whose image data inflates to exactly the pixels of
 * the header. Text, profiles, times, animations and chunks of programs are removed.
 */
export const inspectPng: Inspector = async (bytes, limits) => {
  const [first, ...rest] = chunksOf(bytes);
  const header = headerOf(first);
  pixelCounter(limits)(header);
  const kept = [...keptChunks(rest, header)];
  const image = kept.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  await checkPixels(image, header);
  const parts = [bytes.subarray(0, SIGNATURE), first, ...kept].map((part) =>
    Buffer.isBuffer(part) ? part : part?.whole,
  );
  const { width, height } = header;
  return { bytes: Buffer.concat(parts.filter((part) => part !== undefined)), width, height };
};

/** The chunks up to the end of the image, which is the end of the file. */
function chunksOf(bytes: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE; at < bytes.length; ) {
    if (at + AROUND_DATA > bytes.length) throw cutOff();
    const end = at + AROUND_DATA + bytes.readUInt32BE(at);
    if (end > bytes.length) throw cutOff();
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
      throw mismatch('checksum', 'must have the checksums of its content');
    }
    const type = bytes.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    if (type !== 'IEND') at = end;
    else if (end === bytes.length) return chunks;
    else throw trailing();
  }
  throw cutOff();
}

function headerOf(chunk: Chunk | undefined): Header {
  if (chunk?.type !== 'IHDR' || chunk.data.length !== 13) throw structure();
  const [width, height] = [chunk.data.readUInt32BE(0), chunk.data.readUInt32BE(4)];
  const [depth = 0, colourType = 0, compression, filter, interlace = 0] = chunk.data.subarray(8);
  const colours = COLOUR_TYPES[colourType];
  if (colours?.depths.includes(depth) !== true || compression !== 0 || filter !== 0 || interlace > 1) throw structure();
  if (width > MAX_SIZE || height > MAX_SIZE) throw structure();
  return { width, height, depth, colourType, bitsPerPixel: depth * colours.samples, isInterlaced: interlace === 1 };
}

/** The chunks to keep, each where its format allows it: section 5.6. */
function* keptChunks(chunks: readonly Chunk[], { colourType, depth }: Header): Generator<Chunk> {
  const seen = new Set<string>();
  let previous = '';
  let colours = 0;
  for (const { type, data, whole } of chunks) {
    const isRepeated = seen.has(type) && (type !== 'IDAT' || previous !== 'IDAT');
    previous = type;
    if (isDropped(type)) continue;
    if (isRepeated) throw structure();
    seen.add(type);
    if (type === 'PLTE') {
      colours = data.length / 3;
      const isAllowed = colourType !== 0 && colourType !== WITH_ALPHA[0] && !seen.has('IDAT') && !seen.has('tRNS');
      const most = colourType === PALETTE ? 2 ** depth : 256;
      if (!isAllowed || !Number.isInteger(colours) || colours < 1 || colours > most) throw structure();
    } else if (type === 'tRNS') {
      if (seen.has('IDAT') || !isTransparency(data.length, colourType, colours)) throw structure();
    } else if (type === 'IDAT') {
      if (colourType === PALETTE && colours === 0) throw structure();
    } else if (type === 'IEND') {
      if (!seen.has('IDAT')) throw cutOff();
      if (data.length > 0) throw structure();
    } else if (data.length !== KEPT[type] || seen.has('IDAT')) throw structure();
    yield { type, data, whole };
  }
}

/** Ancillary chunks (section 5.4: a small first letter) that an image can be shown without. */
function isDropped(type: string): boolean {
  return /^[a-z][A-Za-z]{3}$/.test(type) && type !== 'tRNS' && !Object.hasOwn(KEPT, type);
}

/** Section 11.3.1.1: one sample for each channel, or one byte for each of the first colours of the palette. */
function isTransparency(length: number, colourType: number, colours: number): boolean {
  if (colourType === PALETTE) return length >= 1 && length <= colours;
  return !WITH_ALPHA.includes(colourType) && length === (colourType === 0 ? 2 : 6);
}

function structure() {
  return mismatch('structure', 'must consist of the chunks of its format');
}
