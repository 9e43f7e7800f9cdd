import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { unusableFolder } from './errors.ts';
import type { Files } from './template.ts';

/**
 * The folder of files that are not in place yet. The run that has it is the only one that writes: it appears, changes its owner and
 * disappears by a rename, of which one of two runs fails. A run that was killed leaves it, and the next run cleans up.
 */
export const STAGING = '.secure-api-init';

/** The folder before and after it is the staging folder, named after the process that has it. */
const DRAFT = /^\.secure-api-init-(\d+)$/;
/** Lists the new files with their hashes, so that nothing else is ever removed, and names the process that writes them. */
const JOURNAL = /^journal-(\d+)\.json$/;
const draftOf = (folder: string) => join(folder, `${STAGING}-${process.pid}`);
const journalOf = (pid: number) => `journal-${pid}.json`;

/** @throws {ConfigError} `project-folder-unusable` while another run has the folder. */
export function openStaging(folder: string, created: Files): void {
  const draft = draftOf(folder);
  const hashes = Object.entries(created).map(([path, content]) => [path, hashOf(content)] as const);
  mkdirSync(draft);
  try {
    writeFileSync(join(draft, journalOf(process.pid)), JSON.stringify(Object.fromEntries(hashes)));
    renameSync(draft, join(folder, STAGING));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw existsSync(join(folder, STAGING)) ? inUse() : error;
  }
}

export function closeStaging(folder: string): void {
  renameSync(join(folder, STAGING), draftOf(folder));
  rmSync(draftOf(folder), { recursive: true });
}

/**
 * Removes the files of a run that did not finish, unless somebody has changed them since.
 *
 * @throws {ConfigError} `project-folder-unusable` while that run writes.
 */
export function removeUnfinished(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(folder)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid === undefined) continue;
    if (isOther(Number(pid))) throw inUse();
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  const files = takeJournal(folder);
  if (files === undefined) return;
  for (const [path, hash] of Object.entries(files)) {
    const file = join(folder, path);
    if (isAbsolute(path) || path.split('/').includes('..')) continue;
    // A link may lead out of the folder.
    const isInside = isFile(file) && realpathSync(file) === join(realpathSync(folder), path);
    if (isInside && hashOf(readFileSync(file, 'utf8')) === hash) rmSync(file);
    removeEmptyFolders(folder, dirname(path));
  }
  closeStaging(folder);
}

/** Makes this run the owner of what a killed one left, and returns its files. Undefined where there is nothing. */
function takeJournal(folder: string): Files | undefined {
  const staging = join(folder, STAGING);
  if (lstatSync(staging, { throwIfNoEntry: false }) === undefined) return undefined;
  const pid = readdirSync(staging).flatMap((name) => JOURNAL.exec(name)?.[1] ?? [])[0];
  if (pid === undefined || isOther(Number(pid))) throw inUse();
  const journal = join(staging, journalOf(process.pid));
  try {
    renameSync(join(staging, journalOf(Number(pid))), journal);
  } catch {
    throw inUse();
  }
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as Files;
  } catch {
    // Half a journal, such as after a power failure: no file was moved.
    return {};
  }
}

/** Whether another process of this id runs. One that belongs to somebody else runs, too. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function inUse() {
  return unusableFolder({
    location: STAGING,
    found: 'the files of another run, which is writing here',
    expected: 'one run at a time',
    fix: `Wait until the other run ends. If there is none, remove ${STAGING}.`,
  });
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
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
