import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Writes a file in one step, so that a reader never sees half of it. If that fails, nothing is left. */
export function writeAtomically(file: string, content: string, mode = 0o600): void {
  const path = resolve(file);
  const draft = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(draft, { force: true });
  try {
    // A file that somebody else put there in advance would have another owner and mode.
    writeFileSync(draft, content, { mode, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
