import { type Dimensions, frameCounter, type Inspector, partCounter } from './inspector.ts';
import { mismatch, trailing } from './rejection.ts';

/** RFC 9649: a RIFF header, then chunks of a name, a length and data, padded to an even length. */
const RIFF = 12;
const CHUNK = 8;
/** Section 2.7: the header of an extended file, the settings of an animation, and the part of a frame before its chunks. */
const CANVAS_BYTES = 10;
const ANIMATION_BYTES = 6;
const FRAME_BYTES = 16;
const KEPT = /^(VP8[ LX]|ALPH|ANIM|ANMF)$/;
/** Flags of the canvas that are kept: transparency and animation, not the profile, Exif and XMP. */
const KEPT_FLAGS = 0x12;
const ANIMATED = 0x02;
/** The largest width and height of libwebp. */
const LONGEST_SIDE = 16_383;
/** Three chunks for each of 2,000 frames, and metadata. */
const MOST = { chunk: 10_000 };

interface Chunk {
  readonly name: string;
  readonly data: Buffer;
  /** With its name, its length and its padding. */
  readonly whole: Buffer;
}

/**
 * A WebP: the RIFF container fills the file, and has an image, or a canvas with one image or with frames. Profiles, Exif, XMP
 * and unknown chunks are removed.
 */
export const inspectWebp: Inspector = (bytes, limits) => {
  if (!/^RIFF.{4}WEBP$/s.test(bytes.toString('latin1', 0, RIFF))) throw mismatch('signature');
  const length = bytes.readUInt32LE(4) + CHUNK;
  if (length > bytes.length) throw mismatch('cut-off');
  if (length < bytes.length) throw trailing();
  const count = partCounter(MOST);
  const chunks = chunksOf(bytes.subarray(RIFF), count);
  const head = bytes.toString('latin1', RIFF, RIFF + 4) === 'VP8X' ? chunks[0]?.data : undefined;
  // Without a canvas there is one image, and nothing else.
  const isAlone = chunks[0]?.whole.length === bytes.length - RIFF;
  if (head === undefined ? !isAlone : head.length !== CANVAS_BYTES) throw mismatch('structure');
  const canvas = head === undefined ? imageOf(chunks) : sizeAt(head, 4);
  if (canvas.width > LONGEST_SIDE || canvas.height > LONGEST_SIDE) throw mismatch('structure');
  const countFrame = frameCounter(canvas, limits);
  const flags = (head?.[0] ?? 0) & KEPT_FLAGS;
  const parts = head === undefined ? chunks : chunks.slice(1);
  if ((flags & ANIMATED) === 0) countFrame({ left: 0, top: 0, ...imageOf(parts, canvas) });
  const shown = (flags & ANIMATED) === 0 ? parts.map(({ whole }) => whole) : framesOf(parts, countFrame, count);
  const header = head && written('VP8X', Buffer.from([flags, 0, 0, 0]), head.subarray(4));
  return { bytes: written('RIFF', Buffer.from('WEBP'), header ?? Buffer.alloc(0), ...shown), ...canvas };
};

/** The chunks to keep. */
function chunksOf(bytes: Buffer, count: ReturnType<typeof partCounter>): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + CHUNK > bytes.length) throw mismatch('cut-off');
    count('chunk');
    const size = bytes.readUInt32LE(at + 4);
    const end = at + CHUNK + size;
    const whole = bytes.subarray(at, end + (size % 2));
    if (end + (size % 2) > bytes.length) throw mismatch('cut-off');
    if (size % 2 === 1 && bytes[end] !== 0) throw mismatch('structure');
    const name = whole.toString('latin1', 0, 4);
    if (KEPT.test(name)) chunks.push({ name, data: bytes.subarray(at + CHUNK, end), whole });
    at += whole.length;
  }
  return chunks;
}

/** Section 2.7.1.3: the settings, then frames. */
function framesOf(
  [settings, ...frames]: readonly Chunk[],
  countFrame: ReturnType<typeof frameCounter>,
  count: ReturnType<typeof partCounter>,
): readonly Buffer[] {
  const isSet = settings?.name === 'ANIM' && settings.data.length === ANIMATION_BYTES;
  if (!isSet || frames.length === 0) throw mismatch('structure');
  const shown = frames.map(({ name, data }) => {
    if (name !== 'ANMF' || data.length < FRAME_BYTES) throw mismatch('structure');
    const size = sizeAt(data, 6);
    countFrame({ left: 2 * data.readUIntLE(0, 3), top: 2 * data.readUIntLE(3, 3), ...size });
    const image = chunksOf(data.subarray(FRAME_BYTES), count);
    imageOf(image, size);
    return written(name, data.subarray(0, FRAME_BYTES), ...image.map(({ whole }) => whole));
  });
  return [settings.whole, ...shown];
}

/** Section 2.7.1.4: one image, if lossy with its transparency before it, of the size of its canvas or frame. */
function imageOf(chunks: readonly Chunk[], expected?: Dimensions): Dimensions {
  const [first, last] = [chunks[0]?.data ?? Buffer.alloc(0), chunks.at(-1)?.data ?? Buffer.alloc(0)];
  const names = chunks.map(({ name }) => name).join();
  if (!['VP8L', 'VP8 ', 'ALPH,VP8 '].includes(names)) throw mismatch('structure');
  const size = names === 'VP8L' ? losslessSize(last) : lossySize(last);
  const { width, height } = expected ?? size;
  const isTransparent = first === last || isAlpha(first, size);
  if (!isTransparent || size.width !== width || size.height !== height) throw mismatch('structure');
  return size;
}

/** Two numbers of three bytes, each one less than what it means. */
function sizeAt(data: Buffer, at: number): Dimensions {
  return { width: data.readUIntLE(at, 3) + 1, height: data.readUIntLE(at + 3, 3) + 1 };
}

/** Section 2.7.1.2: a byte for each pixel, or compressed (1), any filter, and whether the encoder reduced the levels. */
function isAlpha({ 0: flags = 0, length }: Buffer, { width, height }: Dimensions): boolean {
  if ((flags & 3) === 0) return flags >> 4 <= 1 && length === 1 + width * height;
  return (flags & 3) === 1 && flags >> 4 <= 1 && length > 1;
}

/** RFC 6386, section 9.1: a key frame that is shown, a start code, 14 bits of each size, a first part and others. */
function lossySize(data: Buffer): Dimensions {
  if (data.length < 10) throw mismatch('cut-off');
  const tag = data.readUIntLE(0, 3);
  const isShown = (tag & 1) === 0 && ((tag >>> 1) & 7) <= 3 && ((tag >>> 4) & 1) === 1;
  const [firstPart, startCode] = [tag >>> 5, data.readUIntBE(3, 3)];
  if (!isShown || startCode !== 0x9d012a || firstPart === 0) throw mismatch('structure');
  if (10 + firstPart >= data.length) throw mismatch('cut-off');
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
}

/** RFC 9649, section 3.4: a signature, 14 bits of each size less one, a flag, the version 0, and data. */
function losslessSize(data: Buffer): Dimensions {
  if (data.length <= 5) throw mismatch('cut-off');
  const bits = data.readUInt32LE(1);
  if (data[0] !== 0x2f || bits >>> 29 !== 0) throw mismatch('structure');
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function written(name: string, ...parts: readonly Buffer[]): Buffer {
  const data = Buffer.concat(parts);
  const head = Buffer.alloc(CHUNK);
  head.write(name, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
