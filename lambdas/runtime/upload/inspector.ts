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

/** Adds up the frames of an image, and rejects it when they would need more memory than is allowed. */
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
