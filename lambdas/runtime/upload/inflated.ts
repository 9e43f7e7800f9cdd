import { once } from 'node:events';
import type { Inflate, InflateRaw } from 'node:zlib';
import { FileRejected, mismatch } from './rejection.ts';

/**
 * Inflates compressed data as a stream, so that only what a reader counts decides how much memory it takes.
 *
 * @param onBytes - gets each part of the result; what it throws ends the inflating.
 * @throws {FileRejected} `upload-content-mismatch` if the data is no compressed data, is incomplete, or has more behind it.
 */
export async function inflateEach(
  inflate: Inflate | InflateRaw,
  data: Buffer,
  onBytes: (bytes: Buffer) => void,
): Promise<void> {
  inflate.on('data', (bytes: Buffer) => {
    try {
      onBytes(bytes);
    } catch (error) {
      inflate.destroy(error as Error);
    }
  });
  const ended = once(inflate, 'end');
  inflate.end(data);
  try {
    await ended;
  } catch (error) {
    if (error instanceof FileRejected) throw error;
    throw Object(error).code === 'Z_BUF_ERROR' ? mismatch('cut-off') : mismatch('compressed-data');
  }
  if (inflate.bytesWritten !== data.length) throw mismatch('compressed-data');
}
