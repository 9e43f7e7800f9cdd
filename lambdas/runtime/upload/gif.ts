import { type Frame, frameCounter, type Inspector, partCounter } from './inspector.ts';
import { mismatch, trailing } from './rejection.ts';

/** GIF89a specification: blocks begin with one of these, extensions continue with a label. */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const HEADER = 13;
const DESCRIPTOR = 10;
/** Section 23: how the next frame is shown, in one block of four bytes. */
const GRAPHIC_CONTROL = { start: Buffer.from('21f904', 'hex'), length: 8 } as const;
/** Netscape's application extension, which repeats an animation. */
const LOOP = { start: Buffer.from('21ff0b4e45545343415045322e300301', 'hex'), length: 19 } as const;
/** Twice as many extensions as frames; none is needed but a graphic control for each frame, and one loop. */
const MOST = { extension: 4_000, loop: 1 };

/**
 * A GIF: header, frames inside the screen, trailer. Comments, text and extensions of programs are removed, except those that
 * time and repeat an animation.
 */
export const inspectGif: Inspector = (bytes, limits) => {
  if (!/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) throw mismatch('signature');
  if (bytes.length < HEADER) throw mismatch('cut-off');
  const screen = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  const count = partCounter(MOST);
  const countFrame = frameCounter(screen, limits);
  const start = HEADER + colours(bytes[10]);
  const kept = [bytes.subarray(0, start)];
  let control: Buffer = Buffer.alloc(0);
  let hasFrame = false;
  let at = start;
  while (bytes[at] !== TRAILER) {
    const block = blockAt(bytes, at);
    at += block.length;
    if (block[0] === IMAGE) {
      const frame = frameOf(block, start !== HEADER);
      countFrame(frame);
      // Readers disagree on the size of an image whose first frame leaves a part of the screen empty.
      if (!hasFrame && (frame.width !== screen.width || frame.height !== screen.height)) throw mismatch('structure');
      kept.push(control, block);
      control = Buffer.alloc(0);
      hasFrame = true;
    } else {
      count('extension');
      if (isLike(block, GRAPHIC_CONTROL)) control = block;
      if (!isLike(block, LOOP)) continue;
      count('loop');
      kept.push(block);
    }
  }
  if (!hasFrame) throw mismatch('cut-off');
  if (at + 1 !== bytes.length) throw trailing();
  return { bytes: Buffer.concat([...kept, bytes.subarray(at)]), ...screen };
};

function isLike(block: Buffer, { start, length }: typeof LOOP | typeof GRAPHIC_CONTROL): boolean {
  return block.length === length && block.indexOf(start) === 0;
}

/** An extension or an image. Its data comes in blocks of up to 255 bytes, ended by an empty one. */
function blockAt(bytes: Buffer, start: number): Buffer {
  const isImage = bytes[start] === IMAGE;
  if (!isImage && start < bytes.length && bytes[start] !== EXTENSION) throw mismatch('structure');
  // One byte between the colours and the data is the length of codes.
  let at = start + (isImage ? DESCRIPTOR + colours(bytes[start + 9]) + 1 : 2);
  for (; at < bytes.length; at += 1 + (bytes[at] ?? 0)) if (bytes[at] === 0) return bytes.subarray(start, at + 1);
  throw mismatch('cut-off');
}

/** Section 20: a frame has its colours or those of the screen, codes of two to eight bits, and data. */
function frameOf(block: Buffer, hasScreenColours: boolean): Frame {
  const own = colours(block[9]);
  const [codeBits = 0, length] = block.subarray(DESCRIPTOR + own);
  if ((own === 0 && !hasScreenColours) || codeBits < 2 || codeBits > 8 || length === 0) throw mismatch('structure');
  const [left, top] = [block.readUInt16LE(1), block.readUInt16LE(3)];
  return { left, top, width: block.readUInt16LE(5), height: block.readUInt16LE(7) };
}

/** Bytes of a colour table, three for each colour; the byte that flags the table has its size in the lowest bits. */
function colours(packed = 0): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}
