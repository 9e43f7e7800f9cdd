import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** A file that is not read, and why. */
export interface UnreadFile {
  /** As the end of "a file that …". */
  readonly problem: string;
}

/**
 * Reads a file whole, unless it is larger than a limit. A pipe, a device or a folder is not read: reading a pipe without a writer never ends.
 *
 * @param maxBytes Limit in bytes.
 */
export function readRegularFile(path: string, maxBytes: number): Buffer | UnreadFile {
  let descriptor: number;
  try {
    // Without it, opening a pipe waits for a writer. Windows has no such flag.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return unreadable(error);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { problem: 'is no regular file' };
    if (stats.size > maxBytes) return { problem: `has ${stats.size} bytes, and the limit is ${maxBytes}` };
    return contentOf(descriptor, maxBytes);
  } catch (error) {
    return unreadable(error);
  } finally {
    closeSync(descriptor);
  }
}

/** Files of /proc have the size 0, and a file can grow while it is read. */
function contentOf(descriptor: number, maxBytes: number): Buffer | UnreadFile {
  const parts: Buffer[] = [];
  for (let total = 0; ; ) {
    const part = Buffer.alloc(CHUNK_BYTES);
    const length = readSync(descriptor, part);
    if (length === 0) return Buffer.concat(parts);
    total += length;
    if (total > maxBytes) return { problem: `has more than ${maxBytes} bytes` };
    parts.push(part.subarray(0, length));
  }
}

const CHUNK_BYTES = 65_536;

function unreadable(error: unknown): UnreadFile {
  return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})` };
}
