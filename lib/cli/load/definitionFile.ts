import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ConfigError } from '../../definition/errors.ts';
import { nearest } from '../../definition/shape.ts';
import { unreadable } from '../options.ts';

const MODULES = /\.[cm]?[jt]sx?$/;

/** A definition as it was chosen: `file` or `file#export`. */
export interface Choice {
  /** As it was written, for messages. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** The export, where one was named. */
  readonly name?: string | undefined;
}

/** Reads a choice below a folder. A file whose name has a "#" wins over an export. */
export function choiceOf(chosen: string, folder = process.cwd()): Choice {
  const end = chosen.lastIndexOf('#');
  const isFile = end < 0 || existsSync(resolve(folder, chosen));
  const file = isFile ? chosen : chosen.slice(0, end);
  return { file, path: resolve(folder, file), name: isFile ? undefined : chosen.slice(end + 1) };
}

/**
 * Checks that a choice is a module, without opening it: to open a named pipe waits for a writer.
 *
 * @throws {ConfigError} `file-unreadable`.
 */
export function checkModule({ file, path }: Choice): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() === true && MODULES.test(path)) return;
  throw stats === undefined || stats.isFile() ? notAModule(file, path, stats) : notAFile(file);
}

function notAFile(file: string): ConfigError {
  return unreadable({
    location: '--definition',
    found: `${file}, which is no regular file`,
    expected: 'a module that exports a definition made by defineApi',
    fix: 'Name the file of the module.',
  });
}

function notAModule(file: string, path: string, stats: Stats | undefined): ConfigError {
  const folder = dirname(path);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => MODULES.test(name)) : [];
  const meant = names.find((name) => name.startsWith(`${basename(path)}.`)) ?? nearest(basename(path), names);
  return unreadable({
    location: '--definition',
    found: stats === undefined ? `no file ${file}` : `${file}, which is no module`,
    expected: 'a module that exports a definition made by defineApi',
    fix:
      meant === undefined
        ? 'Check the path; it is relative to the current folder.'
        : `Did you mean ${join(dirname(file), meant)}? The path is relative to the current folder.`,
  });
}
