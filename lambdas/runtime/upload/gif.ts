import { type Inspector, partCounter, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, structure, trailing } from './rejection.ts';

/** GIF89a specification: blocks begin with one of these, extensions continue with a label. */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const HEADER = 13;
const DESCRIPTOR = 10;
/** Section 23: how a frame is shown, in one block of four bytes. */
const GRAPHIC_CONTROL = Buffer.from('21f904', 'hex');
const GRAPHIC_CONTROL_BYTES = 8;
/** Netscape's application extension, which repeats an animation. */
const LOOP = Buffer.from('21ff0b4e45545343415045322e300301', 'hex');
const LOOP_BYTES = 19;
const MOST = { frame: 2_000, loop: 1 };

/**
 * A GIF: header, frames inside the screen, trailer. Comments, text and extensions of programs are removed, except those that
 * time and repeat an animation.
 */
export const inspectGif: Inspector = (bytes, limits) => {
  if (bytes.length < HEADER) throw cutOff();
  if (!/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) throw mismatch('signature');
  const count = partCounter(MOST);
  const countPixels = pixelCounter(limits);
  const screen = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  pixelCounter(limits)(screen);
  const start = HEADER + colours(bytes[10]);
  const kept = [bytes.subarray(0, start)];
  let frames = 0;
  for (let at = start; at < bytes.length; ) {
    if (bytes[at] === TRAILER) {
      if (frames === 0) throw cutOff();
      if (at + 1 !== bytes.length) throw trailing();
      kept.push(bytes.subarray(at));
      return { bytes: Buffer.concat(kept), ...screen };
    }
    const end = bytes[at] === EXTENSION ? endOfBlocks(bytes, at + 2) : endOfImage(bytes, at);
    const block = bytes.subarray(at, end);
    if (bytes[at] === IMAGE) {
      count('frame');
      const frame = frameOf(block, screen, (bytes[10] ?? 0) & 0x80);
      // Readers disagree on the size of an image whose first frame leaves a part of the screen empty.
      if (frames === 0 && (frame.width !== screen.width || frame.height !== screen.height)) throw structure();
      countPixels(frame);
      frames += 1;
    }
    if (isLoop(block)) count('loop');
    if (bytes[at] === IMAGE || isGraphicControl(block) || isLoop(block)) kept.push(block);
    at = end;
  }
  throw cutOff();
};

function isGraphicControl(block: Buffer): boolean {
  return block.length === GRAPHIC_CONTROL_BYTES && block.indexOf(GRAPHIC_CONTROL) === 0;
}

function isLoop(block: Buffer): boolean {
  return block.length === LOOP_BYTES && block.indexOf(LOOP) === 0;
}

/** Section 20: a frame lies inside the screen, and has the colours of its own table or of the screen's. */
function frameOf(block: Buffer, screen: { readonly width: number; readonly height: number }, screenColours: number) {
  const [left, top, width, height] = [1, 3, 5, 7].map((at) => block.readUInt16LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const codeBits = block[DESCRIPTOR + colours(block[9])] ?? 0;
  const isInside = left + width <= screen.width && top + height <= screen.height;
  const hasColours = screenColours !== 0 || ((block[9] ?? 0) & 0x80) !== 0;
  if (!isInside || !hasColours || codeBits < 2 || codeBits > 8) throw structure();
  return { width, height };
}

function endOfImage(bytes: Buffer, at: number): number {
  if (bytes[at] !== IMAGE) throw structure();
  if (at + DESCRIPTOR > bytes.length) throw cutOff();
  // One byte between the colours and the data is the length of codes.
  return endOfBlocks(bytes, at + DESCRIPTOR + colours(bytes[at + 9]) + 1);
}

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
