import { renameSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { privateDirectory } from '../files.ts';

/** A line is in its file at most this long after it was logged. */
const FLUSH_AFTER_MS = 200;

/** A file that reached this size is renamed to `<name>.1.log`, which replaces the one before. */
const ROTATE_AT_BYTES = 20 * 1024 * 1024;

/** One file a log group, one event a line. */
export interface LogFiles {
  append(logGroup: string, message: string): void;
  /** Writes what is buffered. */
  flush(): Promise<void>;
  /** Writes what is buffered, and stops. Later events are dropped. */
  close(): Promise<void>;
}

/**
 * Log files under `<data>/logs`, mode 0600.
 *
 * @param dataDirectory where state lives
 * @param nameOf names the file of a log group, without its ending; a name can have a folder
 * @param onError called once when a file cannot be written (a full disk): logging must not end the gateway
 */
export function createLogFiles(
  dataDirectory: string,
  nameOf: (logGroup: string) => string,
  onError: (message: string) => void,
): LogFiles {
  const directory = privateDirectory(join(dataDirectory, 'logs'));
  const buffers = new Map<string, string[]>();
  const sizes = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let failed = false;
  let closed = false;

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const pending = [...buffers];
    buffers.clear();
    writing = writing.then(async () => {
      for (const [file, lines] of pending) await write(join(directory, file), lines.join(''), sizes);
    });
    writing = writing.catch((error: unknown) => {
      if (!failed) onError(`logs cannot be written: ${error instanceof Error ? error.message : error}`);
      failed = true;
    });
    return writing;
  };

  return {
    append(logGroup, message) {
      if (closed) return;
      const file = `${nameOf(logGroup)}.log`;
      const line = message.endsWith('\n') ? `${message.replace(/\n+$/, '')}\n` : `${message}\n`;
      const buffer = buffers.get(file);
      if (buffer) buffer.push(line);
      else buffers.set(file, [line]);
      timer ??= setTimeout(flush, FLUSH_AFTER_MS);
    },
    flush,
    close() {
      closed = true;
      return flush();
    },
  };
}

async function write(path: string, text: string, sizes: Map<string, number>): Promise<void> {
  const size = sizes.get(path) ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  privateDirectory(dirname(path));
  const full = size >= ROTATE_AT_BYTES;
  if (full) renameSync(path, path.replace(/\.log$/, '.1.log'));
  await appendFile(path, text, { mode: 0o600 });
  sizes.set(path, (full ? 0 : size) + Buffer.byteLength(text));
}
