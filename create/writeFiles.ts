import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { unusableFolder } from './errors.ts';
import type { Files } from './template.ts';

/** Files are complete in this folder before the first one is moved. A run that was killed leaves it, and the next run cleans up. */
export const STAGING = '.secure-api-init';
const JOURNAL = 'journal.json';

/** Files to write below a folder. */
export interface Writing {
  /** Files that must not exist. */
  readonly created: Files;
  /** Files that replace existing ones. */
  readonly changed: Files;
}

/**
 * Writes all files, or none. Existing files are only replaced where `changed` names them.
 *
 * @throws {ConfigError} `project-folder-unusable` for files that exist, and when the folder cannot be written.
 */
export function writeFiles(folder: string, shown: string, { created, changed }: Writing): void {
  const made = attempt(shown, () => mkdirSync(folder, { recursive: true }));
  try {
    attempt(shown, () => removeUnfinished(folder));
    rejectExisting(folder, Object.keys(created));
    attempt(shown, () => {
      stage(folder, created, changed);
      for (const path of [...Object.keys(created), ...Object.keys(changed)]) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        renameSync(join(folder, STAGING, 'files', path), join(folder, path));
      }
      rmSync(join(folder, STAGING), { recursive: true });
    });
  } catch (error) {
    removeUnfinished(folder);
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

/** Writes each file and the list of those that are new, with hashes, so that nothing else is ever removed. */
function stage(folder: string, created: Files, changed: Files): void {
  const staging = join(folder, STAGING);
  for (const [path, content] of Object.entries({ ...created, ...changed })) {
    const file = join(staging, 'files', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const hashes = Object.entries(created).map(([path, content]) => [path, hashOf(content)] as const);
  writeFileSync(join(staging, JOURNAL), JSON.stringify(Object.fromEntries(hashes)));
}

/** Removes the files of a run that did not finish, unless somebody has changed them since. */
function removeUnfinished(folder: string): void {
  const journal = join(folder, STAGING, JOURNAL);
  if (existsSync(journal)) {
    for (const [path, hash] of Object.entries(JSON.parse(readFileSync(journal, 'utf8')) as Files)) {
      const file = join(folder, path);
      if (!lstatSync(file, { throwIfNoEntry: false })?.isFile() || hashOf(readFileSync(file, 'utf8')) !== hash)
        continue;
      rmSync(file);
      removeEmptyFolders(folder, dirname(path));
    }
  }
  rmSync(join(folder, STAGING), { recursive: true, force: true });
}

function removeEmptyFolders(folder: string, path: string): void {
  for (let at = path; at !== '.'; at = dirname(at)) {
    if (readdirSync(join(folder, at)).length > 0) return;
    rmdirSync(join(folder, at));
  }
}

function rejectExisting(folder: string, paths: readonly string[]): void {
  const taken = paths.filter((path) => lstatSync(join(folder, path), { throwIfNoEntry: false }) !== undefined);
  if (taken.length === 0) return;
  throw unusableFolder({
    location: taken[0] ?? '',
    found: taken.length === 1 ? 'an existing file' : `an existing file, and ${taken.slice(1).join(', ')}`,
    expected: 'no file of that name',
    fix: 'Rename or remove it, or name another folder. Nothing was written.',
  });
}

function attempt<T>(shown: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw unusableFolder({
      location: shown,
      found: `${code} from ${syscall}`,
      expected: 'a folder that can be written',
      fix: 'Check the folder, its parents, their owner and the free space. Nothing was written.',
    });
  }
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
