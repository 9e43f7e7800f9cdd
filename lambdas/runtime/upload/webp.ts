import { type Dimensions, type Inspector, partCounter, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, structure, trailing } from './rejection.ts';

/** RFC 9649: a RIFF header, then chunks of a name, a length and data, padded to an even length. */
const RIFF = 12;
const CHUNK = 8;
/** Section 2.7: the header of an extended file, the settings of an animation, and the part of a frame before its chunks. */
const CANVAS_BYTES = 10;
const ANIMATION_BYTES = 6;
const FRAME_BYTES = 16;
/** Flags of the canvas that are kept: transparency and animation, not the profile, Exif and XMP. */
const KEPT_FLAGS = 0x12;
const ANIMATED = 0x02;
const MOST = { frame: 2_000 };

interface Chunk {
  readonly name: string;
  readonly data: Buffer;
}

/**
 * A WebP: the RIFF container fills the file, and has an image, or a canvas with one image or with frames. Profiles, Exif, XMP
 * and unknown chunks are removed.
 */
export const inspectWebp: Inspector = (bytes, limits) => {
  if (!/^RIFF.{4}WEBP$/s.test(bytes.toString('latin1', 0, RIFF))) throw mismatch('signature');
  const length = bytes.readUInt32LE(4) + CHUNK;
  if (length > bytes.length) throw cutOff();
  if (length < bytes.length) throw trailing();
  const countPixels = pixelCounter(limits);
  const [head, ...rest] = chunksOf(bytes.subarray(RIFF));
  if (head?.name !== 'VP8X') {
    const size = head === undefined ? undefined : imageOf([head]);
    if (head === undefined || size === undefined || rest.length > 0) throw structure();
    countPixels(size);
    return { bytes: container([head]), ...size };
  }
  if (head.data.length !== CANVAS_BYTES) throw structure();
  const flags = (head.data[0] ?? 0) & KEPT_FLAGS;
  const canvas = sizeAt(head.data, 4);
  pixelCounter(limits)(canvas);
  const isKept = (flags & ANIMATED) === 0 ? isImage : isAnimation;
  const kept = rest.filter(isKept);
  const shown = (flags & ANIMATED) === 0 ? [still(kept, canvas, countPixels)] : frames(kept, canvas, countPixels);
  const header = Buffer.from(head.data);
  header.fill(0, 0, 4);
  header[0] = flags;
  return { bytes: container([{ name: 'VP8X', data: header }, ...shown.flat()]), ...canvas };
};

function chunksOf(bytes: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + CHUNK > bytes.length) throw cutOff();
    const size = bytes.readUInt32LE(at + 4);
    const end = at + CHUNK + size;
    if (end + (size % 2) > bytes.length) throw cutOff();
    chunks.push({ name: bytes.toString('latin1', at, at + 4), data: bytes.subarray(at + CHUNK, end) });
    at = end + (size % 2);
  }
  return chunks;
}

function isImage({ name }: Chunk): boolean {
  return name === 'ALPH' || name === 'VP8 ' || name === 'VP8L';
}

function isAnimation({ name }: Chunk): boolean {
  return name === 'ANIM' || name === 'ANMF';
}

/** Section 2.7.1.4: an image, if lossy with the transparency before it. */
function imageOf(chunks: readonly Chunk[]): Dimensions | undefined {
  const [first, second] = chunks;
  const image = chunks.length === 2 && first?.name === 'ALPH' && second?.name === 'VP8 ' ? second : first;
  if (image === first && chunks.length !== 1) return undefined;
  if (image?.name === 'VP8 ') return lossySize(image.data);
  return image?.name === 'VP8L' ? losslessSize(image.data) : undefined;
}

function still(chunks: readonly Chunk[], canvas: Dimensions, count: (frame: Dimensions) => void): readonly Chunk[] {
  const size = imageOf(chunks);
  if (size === undefined || size.width !== canvas.width || size.height !== canvas.height) throw structure();
  count(size);
  return chunks;
}

/** Section 2.7.1.3: the settings, then frames inside the canvas. */
function frames([settings, ...rest]: readonly Chunk[], canvas: Dimensions, countPixels: (frame: Dimensions) => void) {
  if (settings?.name !== 'ANIM' || settings.data.length !== ANIMATION_BYTES || rest.length === 0) throw structure();
  const count = partCounter(MOST);
  return [
    settings,
    ...rest.map(({ name, data }) => {
      if (name !== 'ANMF' || data.length < FRAME_BYTES) throw structure();
      count('frame');
      const [left, top, size] = [2 * data.readUIntLE(0, 3), 2 * data.readUIntLE(3, 3), sizeAt(data, 6)];
      const isInside = left + size.width <= canvas.width && top + size.height <= canvas.height;
      if (!isInside) throw structure();
      const image = still(chunksOf(data.subarray(FRAME_BYTES)).filter(isImage), size, countPixels);
      return { name, data: Buffer.concat([data.subarray(0, FRAME_BYTES), ...image.map(written)]) };
    }),
  ];
}

/** Two numbers of three bytes, each one less than what it means. */
function sizeAt(data: Buffer, at: number): Dimensions {
  return { width: data.readUIntLE(at, 3) + 1, height: data.readUIntLE(at + 3, 3) + 1 };
}

/** RFC 6386, section 9.1: a key frame that is shown, its first part inside the data, its start code, 14 bits of each size. */
function lossySize(data: Buffer): Dimensions {
  if (data.length < 10) throw cutOff();
  const tag = data.readUIntLE(0, 3);
  const isShown = (tag & 1) === 0 && ((tag >>> 1) & 7) <= 3 && ((tag >>> 4) & 1) === 1;
  if (!isShown || tag >>> 5 >= data.length || data.readUIntBE(3, 3) !== 0x9d012a) throw structure();
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
}

/** RFC 9649, section 3.4: a signature, then 14 bits of each size less one, a flag, and the version 0. */
function losslessSize(data: Buffer): Dimensions {
  if (data.length < 5) throw cutOff();
  const bits = data.readUInt32LE(1);
  if (data[0] !== 0x2f || bits >>> 29 !== 0) throw structure();
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function written({ name, data }: Chunk): Buffer {
  const head = Buffer.alloc(CHUNK);
  head.write(name, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function container(chunks: readonly Chunk[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...chunks.map(written)]);
  const head = Buffer.alloc(CHUNK);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}
