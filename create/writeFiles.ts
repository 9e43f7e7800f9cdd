import { chmodSync, lstatSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unusableFolder, withFileErrors } from './errors.ts';
import { makeFolder, removeFolders } from './makeFolder.ts';
import type { Files } from './template.ts';
import { closeStaging, openStaging, STAGING } from './unfinished.ts';

/** Files to write below a folder. */
export interface Writing {
  /** Files that must not exist. */
  readonly created: Files;
  /** Files that replace existing ones, the most important one last. */
  readonly changed: Files;
}

/**
 * Writes all files, or none. Files are complete in a staging folder before the first one is moved, and existing files are
 * only replaced where `changed` names them.
 *
 * @throws {ConfigError} `project-folder-unusable` for files that exist, while another run writes, and when the folder cannot be
 * written.
 */
export function writeFiles(folder: string, shown: string, { created, changed }: Writing): void {
  const made: string[] = [];
  withFileErrors(shown, () => {
    try {
      makeFolder(folder, made);
      openStaging(folder, created);
      placeFiles(folder, { created, changed }, made);
    } catch (error) {
      removeFolders(made);
      throw error;
    }
  });
}

/** Undoes after an error what this run has written, and nothing else. */
function placeFiles(folder: string, { created, changed }: Writing, made: string[]): void {
  const undo: (() => void)[] = [];
  const staged = (path: string) => join(folder, STAGING, 'files', path);
  try {
    rejectParents(folder, Object.keys(created));
    rejectExisting(folder, Object.keys(created));
    for (const [path, content] of Object.entries({ ...created, ...changed })) {
      makeFolder(dirname(staged(path)), []);
      writeFileSync(staged(path), content);
    }
    for (const path of Object.keys(created)) {
      makeFolder(dirname(join(folder, path)), made);
      renameSync(staged(path), join(folder, path));
      undo.push(() => rmSync(join(folder, path), { force: true }));
    }
    for (const path of Object.keys(changed)) {
      const before = readFileSync(join(folder, path));
      replace(join(folder, path), staged(path));
      undo.push(() => {
        writeFileSync(staged(path), before);
        replace(join(folder, path), staged(path));
      });
    }
  } catch (error) {
    for (const step of undo) step();
    closeStaging(folder);
    throw error;
  }
  closeStaging(folder);
}

/** Replaces a file, behind a link the one that it names, and keeps its mode. */
function replace(path: string, staged: string): void {
  const file = realpathSync(path);
  chmodSync(staged, statSync(file).mode & 0o777);
  renameSync(staged, file);
}

/** A link may lead out of the project. */
function rejectParents(folder: string, paths: readonly string[]): void {
  for (const path of new Set(paths.flatMap(parentsOf))) {
    const found = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) continue;
    const target = found.isSymbolicLink() ? statSync(join(folder, path), { throwIfNoEntry: false }) : found;
    const link = target === undefined ? 'a link to nothing' : `a link to ${realpathSync(join(folder, path))}`;
    throw unusableFolder({
      location: path,
      found: found.isSymbolicLink() ? link : 'a file',
      expected: 'a folder, or nothing of that name',
      fix: 'Rename or remove it. Nothing was written.',
    });
  }
}

/** `a/b/c.ts` has the parents `a` and `a/b`. */
function parentsOf(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
}

function rejectExisting(folder: string, paths: readonly string[]): void {
  // A link to nothing is a file, too.
  const taken = paths.filter((path) => lstatSync(join(folder, path), { throwIfNoEntry: false }) !== undefined);
  if (taken.length === 0) return;
  throw unusableFolder({
    location: taken[0] ?? '',
    found: taken.length === 1 ? 'an existing file' : `an existing file, and ${taken.slice(1).join(', ')}`,
    expected: 'no file of that name',
    fix: 'Rename or remove it, or name another folder. Nothing was written.',
  });
}
