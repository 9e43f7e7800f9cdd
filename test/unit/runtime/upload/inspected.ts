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
