import { dangerous, mismatch } from './rejection.ts';

/** What the inspector of a format allows. */
export interface InspectorLimits {
  /** Pixels of all frames together. */
  readonly maxPixels: number;
}

/** Size of an image in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads a file from the first byte to the last by the rules of its format.
 *
 * @returns the size of an image, or undefined for a format without one.
 * @throws {FileRejected} where the format is broken or something else is in the file.
 */
export type Inspector = (bytes: Buffer, limits: InspectorLimits) => Dimensions | undefined;

/** Adds up the frames of an image, and rejects it when they would need more memory than is allowed. */
export function pixelCounter({ maxPixels }: InspectorLimits): (frame: Dimensions) => void {
  let pixels = 0;
  return ({ width, height }) => {
    if (width === 0 || height === 0) throw mismatch('no-size', 'must have a width and a height');
    pixels += width * height;
    if (pixels > maxPixels) throw dangerous('too-many-pixels', `must have at most ${maxPixels} pixels, of all frames`);
  };
}
