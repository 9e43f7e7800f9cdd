import { createInflate } from 'node:zlib';
import { inflateEach } from './inflated.ts';
import { mismatch } from './rejection.ts';

/** How the pixels of a PNG are stored. */
export interface PixelFormat {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly isInterlaced: boolean;
}

/** PNG, third edition, section 8.1 (Adam7): first column and row of each pass, and the distances to the next ones. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const WHOLE = [[0, 0, 1, 1]] as const;
/** Section 9.2: each row begins with its filter, 0 to 4. */
const LAST_FILTER = 4;

/**
 * Inflates the image data of a PNG, as a stream, and counts it: as many bytes as the pixels need, each row with its filter,
 * and nothing behind them. So image data holds nothing but an image, and a small file cannot inflate to gigabytes.
 *
 * @throws {FileRejected} `upload-content-mismatch`.
 */
export async function checkPixels(parts: readonly Buffer[], format: PixelFormat): Promise<void> {
  const lengths = rowLengths(format);
  let row = lengths.next();
  let received = 0;
  let nextRow = 0;
  await inflateEach(createInflate(), parts, (bytes) => {
    for (; row.done !== true && nextRow < received + bytes.length; row = lengths.next()) {
      if ((bytes[nextRow - received] ?? 0) > LAST_FILTER) throw pixels();
      nextRow += row.value;
    }
    received += bytes.length;
    if (row.done === true && received > nextRow) throw pixels();
  });
  if (row.done !== true || received !== nextRow) throw pixels();
}

/** Bytes of each row, its filter included. A pass without a column has no row. */
function* rowLengths({ width, height, bitsPerPixel, isInterlaced }: PixelFormat): Generator<number, undefined> {
  for (const [column, row, right, down] of isInterlaced ? PASSES : WHOLE) {
    const columns = Math.ceil((width - column) / right);
    const length = 1 + Math.ceil((columns * bitsPerPixel) / 8);
    for (let at = row; columns > 0 && at < height; at += down) yield length;
  }
  return undefined;
}

function pixels() {
  return mismatch('pixels', 'must have the data of its pixels, and no other data');
}
