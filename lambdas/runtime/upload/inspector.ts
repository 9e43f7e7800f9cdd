import { dangerous, mismatch } from './rejection.ts';

/** What the inspector of a format allows. */
export interface InspectorLimits {
  /** Pixels of the canvas times the number of frames. */
  readonly maxPixels: number;
}

/** Size of an image in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** A frame of an animation, and where it stands on the canvas. */
export interface Frame extends Dimensions {
  readonly left: number;
  readonly top: number;
}

/** A file that passed its inspection. */
export interface InspectedContent extends Partial<Dimensions> {
  /** What is left of an image: the parts that are needed to show it. Other files are unchanged. */
  readonly bytes: Buffer;
}

/**
 * Reads a file from the first byte to the last by the rules of its format, and keeps what these rules name.
 *
 * @throws {FileRejected} where the format is broken or something else is in the file.
 */
export type Inspector = (bytes: Buffer, limits: InspectorLimits) => InspectedContent | Promise<InspectedContent>;

/** No animation needs more frames: 2,000 last a minute and more. */
const MOST = { frame: 2_000 };

/** Checks that frames lie inside their canvas, and counts a whole canvas for each, because decoders compose whole canvases. */
export function frameCounter(canvas: Dimensions, limits: InspectorLimits): (frame: Frame) => void {
  const count = partCounter(MOST);
  const countPixels = pixelCounter(limits);
  return ({ left, top, width, height }) => {
    count('frame');
    countPixels(canvas);
    const isInside = left + width <= canvas.width && top + height <= canvas.height;
    if (!isInside || width === 0 || height === 0) throw mismatch('structure');
  };
}

/** Adds up the pixels of an image, and rejects it when they would need more memory than is allowed. */
export function pixelCounter({ maxPixels }: InspectorLimits): (frame: Dimensions) => void {
  let pixels = 0;
  return ({ width, height }) => {
    if (width === 0 || height === 0) throw mismatch('no-size');
    pixels += width * height;
    if (pixels > maxPixels) throw dangerous('too-many-pixels', `must have at most ${maxPixels} pixels, of all frames`);
  };
}

/** Counts parts of one kind, such as the scans of a JPEG, and rejects a file with more than its format needs. */
export function partCounter(most: Readonly<Record<string, number>>): (part: string) => void {
  const counts = new Map<string, number>();
  return (part) => {
    const count = (counts.get(part) ?? 0) + 1;
    if (count > (most[part] ?? 0)) throw dangerous('too-many-parts', 'must have no more parts than its format needs');
    counts.set(part, count);
  };
}
