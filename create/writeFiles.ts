import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unusableFolder, withFileErrors } from './errors.ts';
import type { Files } from './template.ts';
import { removeUnfinished, STAGING, writeJournal } from './unfinished.ts';

/** Files to write below a folder. */
export interface Writing {
  /** Files that must not exist. */
  readonly created: Files;
  /** Files that replace existing ones, the most important one last. */
  readonly changed: Files;
}

/**
 * Writes all files, or none. Files are complete in a folder of their own before the first one is moved, and existing files are
 * only replaced where `changed` names them.
 *
 * @throws {ConfigError} `project-folder-unusable` for files that exist, and when the folder cannot be written.
 */
export function writeFiles(folder: string, shown: string, { created, changed }: Writing): void {
  withFileErrors(shown, () => {
    const made = mkdirSync(folder, { recursive: true });
    try {
      rejectExisting(folder, Object.keys(created));
      writeJournal(folder, created);
      const paths = stage(folder, { ...created, ...changed });
      for (const path of paths) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        renameSync(join(folder, STAGING, 'files', path), join(folder, path));
      }
      rmSync(join(folder, STAGING), { recursive: true });
    } catch (error) {
      removeUnfinished(folder);
      if (made !== undefined) rmSync(made, { recursive: true, force: true });
      throw error;
    }
  });
}

function stage(folder: string, files: Files): readonly string[] {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, STAGING, 'files', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return Object.keys(files);
}

function rejectExisting(folder: string, paths: readonly string[]): void {
  const taken = paths.filter((path) => isTaken(join(folder, path)));
  if (taken.length === 0) return;
  throw unusableFolder({
    location: taken[0] ?? '',
    found: taken.length === 1 ? 'an existing file' : `an existing file, and ${taken.slice(1).join(', ')}`,
    expected: 'no file of that name',
    fix: 'Rename or remove it, or name another folder. Nothing was written.',
  });
}

/** A link to nothing is a file, too. */
function isTaken(file: string): boolean {
  return existsSync(file) || lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
