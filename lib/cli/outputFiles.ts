/** Files that a command writes where a person says: only new ones, and those that the command wrote before. */
import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../definition/errors.ts';
import { unreadable } from './options.ts';
import { writeAllAtomically } from './writeAtomically.ts';

/** Which files a command replaces. */
export interface OutputRules {
  /** The option that names the file or its folder, for messages. */
  readonly option: string;
  /** Whether a file has what this command writes. */
  readonly isOwn: (content: string, path: string) => boolean;
  /** Replaces other files, too, and a link itself. What a link leads to is never written. */
  readonly force?: boolean | undefined;
}

/** Larger than anything that a command writes. */
const LARGEST_OWN_BYTES = 64 * 1024 * 1024;

/** What the codes of the system mean for a person who named a file. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to write there',
  EPERM: 'this user has no right to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the quota of this user is used up',
  EFBIG: 'the file would be too large',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'the folder cannot be made',
  ENOTDIR: 'a part of the path is no folder',
};

/**
 * Checks a path before the work starts: a typing mistake must not replace another file, such as package.json.
 *
 * @throws {ConfigError} `file-unreadable` for a link, for what is no file, and for a file with other content.
 */
export function requireReplaceable(path: string, rules: OutputRules): void {
  const { option, isOwn, force = false } = rules;
  const found = path === '' ? 'an empty name' : faultOf(path, isOwn, force);
  if (found === undefined) return;
  const isForceable = found.endsWith(OTHER_CONTENT) || found.endsWith(LINK);
  throw unreadable({
    location: option,
    found,
    expected: 'a new file, or one that this command wrote before',
    fix: `Name another one${isForceable && 'force' in rules ? ', or replace it with --force' : ''}.`,
  });
}

/**
 * Checks the folder of files before the work starts; it is made when it is missing.
 *
 * @throws {ConfigError} `file-unreadable` for what is no folder.
 */
export function requireFolder(path: string, option: string): void {
  const found = path === '' ? 'an empty name' : folderFault(join(path, 'file'));
  if (found === undefined) return;
  throw unreadable({
    location: option,
    found,
    expected: 'a folder, which is made if missing',
    fix: 'Name another one.',
  });
}

/**
 * Writes files by path, each whole or not at all, and none before there is room for all. A process that is killed leaves each as it was,
 * or as it has to be.
 *
 * @throws {ConfigError} as {@link requireReplaceable} does, before anything is written, and `file-not-written` when the system cannot
 * write, such as on a full disk.
 */
export function writeOutputs(files: Readonly<Record<string, string>>, rules: OutputRules, mode = 0o644): void {
  for (const path of Object.keys(files)) requireReplaceable(path, rules);
  try {
    writeAllAtomically(files, mode);
  } catch (error) {
    const { code = '', path, message } = error as NodeJS.ErrnoException;
    throw new ConfigError({
      code: 'file-not-written',
      location: rules.option,
      found: `${path ?? Object.keys(files)[0]}: ${REASONS[code] ?? (code || message)}`,
      expected: 'a place where this user can write',
      fix: 'Make room, or name another place. Each file is old or new as a whole.',
    });
  }
}

const OTHER_CONTENT = 'which this command did not write';
const LINK = 'which is a link';

function faultOf(path: string, isOwn: OutputRules['isOwn'], force: boolean): string | undefined {
  const stats = statsOf(path);
  if (stats === undefined) return folderFault(path);
  if (stats.isSymbolicLink()) return force ? undefined : `${path}, ${LINK}`;
  if (!stats.isFile()) return `${path}, which is ${stats.isDirectory() ? 'a folder' : 'no file'}`;
  return force || hasOwn(path, stats, isOwn) ? undefined : `${path}, ${OTHER_CONTENT}`;
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    // It is missing, or cannot be reached: then writing says why.
    return undefined;
  }
}

/** The nearest folder that exists has to be one. */
function folderFault(path: string): string | undefined {
  let folder = dirname(resolve(path));
  for (;;) {
    try {
      return statSync(folder).isDirectory() ? undefined : `${folder}, which is no folder`;
    } catch {
      if (folder === dirname(folder)) return undefined;
      folder = dirname(folder);
    }
  }
}

function hasOwn(path: string, { size }: Stats, isOwn: OutputRules['isOwn']): boolean {
  if (size > LARGEST_OWN_BYTES) return false;
  try {
    return isOwn(readFileSync(path, 'utf8'), path);
  } catch {
    return false;
  }
}
