import { type Inspector, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, trailing } from './rejection.ts';

/** GIF89a specification: blocks begin with one of these. */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const HEADER = 13;
const DESCRIPTOR = 10;

/** A GIF: header, blocks, trailer, with at least one frame and nothing after the trailer. */
export const inspectGif: Inspector = (bytes, limits) => {
  if (bytes.length < HEADER) throw cutOff();
  const count = pixelCounter(limits);
  const size = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  pixelCounter(limits)(size);
  let frames = 0;
  for (let at = HEADER + colours(bytes[10]); at < bytes.length; ) {
    const block = bytes[at];
    if (block === TRAILER) {
      if (frames === 0) throw cutOff();
      if (at + 1 !== bytes.length) throw trailing();
      return size;
    }
    if (block === EXTENSION) at = endOfBlocks(bytes, at + 2);
    else if (block === IMAGE) {
      if (at + DESCRIPTOR > bytes.length) throw cutOff();
      count({ width: bytes.readUInt16LE(at + 5), height: bytes.readUInt16LE(at + 7) });
      frames += 1;
      // One byte between the colours and the data is the length of codes.
      at = endOfBlocks(bytes, at + DESCRIPTOR + colours(bytes[at + 9]) + 1);
    } else throw mismatch('structure', 'must consist of the blocks of its format');
  }
  throw cutOff();
};

/** Bytes of a colour table, three for each colour; the byte that flags the table has its size in the lowest bits. */
function colours(packed = 0): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

/** Data comes in blocks of up to 255 bytes, ended by an empty one. */
function endOfBlocks(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
  throw cutOff();
}
