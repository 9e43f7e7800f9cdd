import { once } from 'node:events';
import type { Inflate, InflateRaw } from 'node:zlib';
import { cutOff, FileRejected, mismatch } from './rejection.ts';

/**
 * Inflates compressed data as a stream, so that only what a reader counts decides how much memory it takes.
 *
 * @param onBytes - gets each part of the result; what it throws ends the inflating.
 * @throws {FileRejected} `upload-content-mismatch` if the data is no compressed data, is incomplete, or has more behind it.
 */
export async function inflateEach(
  inflate: Inflate | InflateRaw,
  parts: readonly Buffer[],
  onBytes: (bytes: Buffer) => void,
): Promise<void> {
  inflate.on('data', (bytes: Buffer) => {
    try {
      onBytes(bytes);
    } catch (error) {
      inflate.destroy(error instanceof Error ? error : broken());
    }
  });
  const ended = once(inflate, 'end');
  for (const part of parts) inflate.write(part);
  inflate.end();
  try {
    await ended;
  } catch (error) {
    if (error instanceof FileRejected) throw error;
    throw Object(error).code === 'Z_BUF_ERROR' ? cutOff() : broken();
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (inflate.bytesWritten !== length) throw broken();
}

function broken() {
  return mismatch('compressed-data', 'must have compressed data that is complete, with nothing behind it');
}
