import { type Dimensions, type Inspector, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, trailing } from './rejection.ts';

/** Markers of ITU-T T.81, annex B. */
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const TEMPORARY = 0x01;
/** SOF0 to SOF15 without the three that are not frames: Huffman tables, an extension, arithmetic conditioning. */
const NO_FRAMES = [0xc4, 0xc8, 0xcc];

/**
 * A JPEG: segments from SOI to EOI, with a frame, and nothing after it except further JPEGs, which phones append for
 * depth and brightness (CIPA DC-007, multi-picture format).
 */
export const inspectJpeg: Inspector = (bytes, limits) => {
  const count = pixelCounter(limits);
  let first: Dimensions | undefined;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0xff || bytes[at + 1] !== START_OF_IMAGE) throw trailing();
    const image = walk(bytes, at + 2);
    for (const frame of image.frames) count(frame);
    first ??= image.frames[0];
    at = image.end;
  }
  if (first === undefined) throw mismatch('no-size', 'must have a width and a height');
  return first;
};

function walk(bytes: Buffer, start: number): { readonly end: number; readonly frames: readonly Dimensions[] } {
  const frames: Dimensions[] = [];
  for (let at = start; at + 1 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw mismatch('structure', 'must consist of the segments of its format');
    const marker = bytes[at + 1] ?? 0;
    if (marker === END_OF_IMAGE) return { end: at + 2, frames };
    if (marker === 0xff) at += 1;
    else if (isAlone(marker)) at += 2;
    else {
      if (at + 4 > bytes.length) throw cutOff();
      const end = at + 2 + bytes.readUInt16BE(at + 2);
      if (end < at + 4) throw mismatch('structure', 'must consist of the segments of its format');
      if (end > bytes.length) throw cutOff();
      if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker)) frames.push(frameAt(bytes, at + 4, end));
      at = marker === START_OF_SCAN ? endOfScan(bytes, end) : end;
    }
  }
  throw cutOff();
}

function isAlone(marker: number): boolean {
  return marker === TEMPORARY || (marker >= 0xd0 && marker <= 0xd7);
}

function frameAt(bytes: Buffer, at: number, end: number): Dimensions {
  if (at + 5 > end) throw cutOff();
  return { height: bytes.readUInt16BE(at + 1), width: bytes.readUInt16BE(at + 3) };
}

/** Entropy-coded data ends at the next marker; 0xFF in the data is followed by 0, and restart markers belong to it. */
function endOfScan(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !isAlone(next)) return at;
  }
  throw cutOff();
}
