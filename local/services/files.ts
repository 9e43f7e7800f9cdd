import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Only the owner reads or writes: these files hold keys, secrets or state of sign-ins. */
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** Makes a directory and its parents, readable by the owner only. */
export function privateDirectory(path: string): string {
  mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
  return path;
}

/** Sticky directories, such as that for temporary files, are for every user. */
const STICKY = 0o1000;
const OTHERS = 0o077;

/**
 * Makes the data directory, or closes one that was made before: whatever is in it is then out of reach of other users of this
 * machine.
 *
 * @throws {Error} for a directory that is shared, or that another user owns.
 */
export function closedDirectory(path: string): string {
  privateDirectory(path);
  const { mode } = statSync(path);
  if ((mode & OTHERS) === 0 || process.platform === 'win32') return path;
  if ((mode & STICKY) !== 0) throw new Error(`${path} is shared with other users: choose a directory of your own`);
  chmodSync(path, PRIVATE_DIRECTORY);
  return path;
}

/** Closes the files of a directory that an earlier run left open to other users. */
export function closeFiles(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (statSync(path).mode & OTHERS) !== 0) chmodSync(path, PRIVATE_FILE);
  }
}

/**
 * Replaces a file as a whole: a reader, or a start after a crash, sees the old text or the new one, never a part.
 * The text is on disk (fsync) before the name points to it; mode 0600.
 */
export function writePrivateFile(path: string, text: string): void {
  privateDirectory(dirname(path));
  const temporary = `${path}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  // A file that somebody else put there in advance would have another owner and mode.
  const handle = openSync(temporary, 'wx', PRIVATE_FILE);
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

/** A lock of a process that ended without removing it. */
const STALE_LOCK_MS = 10_000;

/** Runs work that no other process does at the same time in this directory. A lock that is older than 10 s counts as left behind. */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(privateDirectory(folder), '.lock');
  while (!took(path)) await delay(20);
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function took(path: string): boolean {
  try {
    mkdirSync(path, { mode: PRIVATE_DIRECTORY });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  // A negative age: the clock was set back.
  if (made !== undefined && Math.abs(Date.now() - made) > STALE_LOCK_MS) rmSync(path, { recursive: true, force: true });
  return false;
}
