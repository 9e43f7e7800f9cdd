import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../findGateway.ts';
import { unreadable } from '../options.ts';

/** A holder needs two calls of four seconds at most, so an older lock was left behind. */
const STALE_MS = 20_000;
const WAIT_MS = 30_000;
const POLL_MS = 50;

/**
 * Runs something while no other process runs something under the same lock. Two processes that refresh one session at once would
 * otherwise each use its refresh token, which works once. A lock that a process left behind is broken: at once when that process
 * ran on this machine and has ended, otherwise when it is too old.
 *
 * @throws {ConfigError} `file-unreadable` when the lock is not released in time.
 */
export async function withLock<T>(file: string, run: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  const owner = `${hostname()} ${process.pid}`;
  for (let waited = 0; !create(lock, owner); waited += POLL_MS) {
    if (waited >= WAIT_MS) {
      const fix = 'Remove the file if no other secure-api runs.';
      throw unreadable({ location: lock, found: 'a lock that is not released', expected: 'no lock', fix });
    }
    if (isStale(lock)) breakLock(lock);
    await sleep(POLL_MS);
  }
  try {
    return await run();
  } finally {
    if (read(lock) === owner) rmSync(lock, { force: true });
  }
}

/** Only one process breaks a lock at a time, and only one that is still stale, so that it removes nobody's new lock. */
function breakLock(lock: string): void {
  const breaking = `${lock}.break`;
  if (isStale(breaking)) rmSync(breaking, { force: true });
  if (!create(breaking, `${hostname()} ${process.pid}`)) return;
  if (isStale(lock)) rmSync(lock, { force: true });
  rmSync(breaking, { force: true });
}

function create(lock: string, owner: string): boolean {
  try {
    writeFileSync(lock, owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(lock: string): boolean {
  const stat = statSync(lock, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  const [host, pid = ''] = (read(lock) ?? '').split(' ');
  return Date.now() - stat.mtimeMs > STALE_MS || (host === hostname() && /^\d+$/.test(pid) && !isAlive(Number(pid)));
}

function read(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return undefined;
  }
}
