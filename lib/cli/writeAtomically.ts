import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Writes a file in one step, so that a reader never sees half of it. If that fails, nothing is left. */
export function writeAtomically(file: string, content: string, mode = 0o600): void {
  writeAllAtomically({ [file]: content }, mode);
}

/** Writes files, each in one step, and none before all of them are on the disk: a full disk leaves the old ones. */
export function writeAllAtomically(files: Readonly<Record<string, string>>, mode: number): void {
  const drafts = Object.entries(files).map(([file, content]) => {
    const path = resolve(file);
    return { path, content, draft: `${path}.${process.pid}.tmp` };
  });
  try {
    for (const { draft, path, content } of drafts) {
      makeFolder(dirname(path));
      rmSync(draft, { force: true });
      // A file that somebody else put there in advance would have another owner and mode.
      writeFileSync(draft, content, { mode, flag: 'wx' });
    }
    for (const { draft, path } of drafts) renameSync(draft, path);
  } catch (error) {
    for (const { draft } of drafts) rmSync(draft, { force: true });
    throw error;
  }
}

/** Makes a folder and its parents. `mkdirSync` with `recursive` does not end where a file system has no new folders, such as /proc. */
export function makeFolder(path: string, mode = 0o777): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Two runs can make it at once.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
