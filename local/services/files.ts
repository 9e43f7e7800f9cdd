import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Only the owner reads or writes: these files hold keys, secrets or state of sign-ins. */
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** Makes a directory and its parents, readable by the owner only. */
export function privateDirectory(path: string): string {
  mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
  return path;
}

/**
 * Replaces a file as a whole: a reader, or a start after a crash, sees the old text or the new one, never a part.
 * The text is on disk (fsync) before the name points to it; mode 0600.
 */
export function writePrivateFile(path: string, text: string): void {
  privateDirectory(dirname(path));
  const temporary = `${path}.${process.pid}.new`;
  const handle = openSync(temporary, 'w', PRIVATE_FILE);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
}

/** The text of a file, or `undefined` when there is none. Other errors are thrown. */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
