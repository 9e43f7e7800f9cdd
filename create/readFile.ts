import { readFileSync, statSync } from 'node:fs';
import { unusableFolder } from './errors.ts';

/**
 * Reads a file of the project. Undefined where there is none.
 *
 * @throws {ConfigError} `project-folder-unusable` for anything else, such as a pipe, on which reading would wait forever.
 */
export function readOptional(file: string, location: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isFile()) return readFileSync(file, 'utf8');
  throw unusableFolder({
    location,
    found: found.isDirectory() ? 'a folder' : 'no regular file',
    expected: 'a file',
    fix: 'Rename or remove it. Nothing was written.',
  });
}

/** Parses JSON as npm, the CDK CLI and TypeScript do: with or without a byte order mark. */
export function parseJson(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''));
}
