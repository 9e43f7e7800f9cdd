import { type Dimensions, type Inspector, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, trailing } from './rejection.ts';

/** RFC 9649: a RIFF header, then chunks of a name, a length and data, padded to an even length. */
const RIFF = 12;
const CHUNK = 8;

/** A WebP: the RIFF container fills the file, its chunks fill the container, and one of them declares the size. */
export const inspectWebp: Inspector = (bytes, limits) => {
  if (bytes.length < RIFF + CHUNK) throw cutOff();
  const length = bytes.readUInt32LE(4) + CHUNK;
  if (length > bytes.length) throw cutOff();
  if (length < bytes.length) throw trailing();
  const count = pixelCounter(limits);
  let first: Dimensions | undefined;
  for (let at = RIFF; at < bytes.length; ) {
    if (at + CHUNK > bytes.length) throw cutOff();
    const size = bytes.readUInt32LE(at + 4);
    const end = at + CHUNK + size;
    if (end > bytes.length) throw cutOff();
    const frame = frameOf(bytes.toString('latin1', at, at + 4), bytes.subarray(at + CHUNK, end));
    if (frame !== undefined) count(frame);
    first ??= frame;
    at = end + (size % 2);
  }
  if (first === undefined) throw mismatch('no-size', 'must have a width and a height');
  return first;
};

/** The size that a chunk declares; undefined for chunks that declare none. The canvas counts as a frame, too. */
function frameOf(name: string, data: Buffer): Dimensions | undefined {
  if (name === 'VP8 ') return sized(data, 10, () => [data.readUInt16LE(6) & 0x3fff, data.readUInt16LE(8) & 0x3fff]);
  if (name === 'VP8L') {
    return sized(data, 5, () => {
      const bits = data.readUInt32LE(1);
      return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
    });
  }
  if (name === 'VP8X') return sized(data, 10, () => [data.readUIntLE(4, 3) + 1, data.readUIntLE(7, 3) + 1]);
  if (name === 'ANMF') return sized(data, 16, () => [data.readUIntLE(6, 3) + 1, data.readUIntLE(9, 3) + 1]);
  return undefined;
}

function sized(data: Buffer, least: number, read: () => readonly [number, number]): Dimensions {
  if (data.length < least) throw cutOff();
  const [width, height] = read();
  return { width, height };
}
