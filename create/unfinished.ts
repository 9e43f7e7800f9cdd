import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Files } from './template.ts';

/** The folder of files that are not in place yet. A run that was killed leaves it, and the next run cleans up. */
export const STAGING = '.secure-api-init';
const JOURNAL = 'journal.json';

/** Lists the new files with their hashes, so that nothing else is ever removed. */
export function writeJournal(folder: string, created: Files): void {
  mkdirSync(join(folder, STAGING), { recursive: true });
  const hashes = Object.entries(created).map(([path, content]) => [path, hashOf(content)] as const);
  writeFileSync(join(folder, STAGING, JOURNAL), JSON.stringify(Object.fromEntries(hashes)));
}

/** Removes the files of a run that did not finish, unless somebody has changed them since. */
export function removeUnfinished(folder: string): void {
  for (const [path, hash] of Object.entries(readJournal(folder))) {
    const file = join(folder, path);
    if (isAbsolute(path) || path.split('/').includes('..')) continue;
    if (isFile(file) && hashOf(readFileSync(file, 'utf8')) === hash) rmSync(file);
    removeEmptyFolders(folder, dirname(path));
  }
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) {
    rmSync(join(folder, STAGING), { recursive: true, force: true });
  }
}

/** The first run writes the journal before it moves a file, so half a journal means that no file was moved. */
function readJournal(folder: string): Files {
  const journal = join(folder, STAGING, JOURNAL);
  if (!existsSync(journal)) return {};
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as Files;
  } catch {
    return {};
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && lstatSync(path).isFile();
}

function removeEmptyFolders(folder: string, parent: string): void {
  for (let at = parent; at !== '.'; at = dirname(at)) {
    const path = join(folder, at);
    if (!existsSync(path)) continue;
    if (!lstatSync(path).isDirectory() || readdirSync(path).length > 0) return;
    rmdirSync(path);
  }
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
