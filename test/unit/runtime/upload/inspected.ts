import sharp from 'sharp';
import { expect } from 'vitest';
import { inspectContent } from '../../../../lambdas/runtime/upload/inspectContent.ts';
import type { InspectedContent } from '../../../../lambdas/runtime/upload/inspector.ts';
import { FileRejected } from '../../../../lambdas/runtime/upload/rejection.ts';

/** Inspects a file, as a route does with at most a million pixels. */
export function accepted(bytes: Buffer, type: string, maxPixels = 1_000_000): Promise<InspectedContent> {
  return inspectContent(bytes, type, { maxPixels });
}

/** `mismatch` or `dangerous` with the reason of a rejection; `accepted` without one. */
export async function outcomeOf(bytes: Buffer, type: string, maxPixels?: number): Promise<string> {
  try {
    await accepted(bytes, type, maxPixels);
    return 'accepted';
  } catch (error) {
    if (error instanceof FileRejected) return `${error.problem.replace('upload-content-', '')} ${error.reason}`;
    throw error;
  }
}

export function joined(...parts: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

export function cut(bytes: Buffer, by = 3): Buffer {
  return bytes.subarray(0, bytes.length - by);
}

/** What remains of a file shows the same pixels at the same times, in another decoder. */
export async function samePixels(file: Buffer, remaining: Buffer): Promise<void> {
  const [before, after] = await Promise.all(
    [file, remaining].map(async (bytes) => {
      const { pages, delay, loop, pageHeight } = await sharp(bytes, { animated: true }).metadata();
      const { data, info } = await sharp(bytes, { animated: true })
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { data, info, pages, delay, loop, pageHeight };
    }),
  );
  expect(after).toEqual(before);
}
