import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Api } from '../../definition/api.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';

/** Endings of handler files, in the order in which they are looked for. */
export const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * The handler file of every route: `<directory>/<routeId>` with one of the known endings. The bundling finds files
 * that export no handler.
 *
 * @throws {ConfigError} `handlers-directory`, or `handlers-missing` listing all that are missing.
 */
export function findHandlers(api: Api, directory: string): Readonly<Record<string, string>> {
  const folder = resolve(directory);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw missingDirectory(directory);
  // As written: a file system without case finds other spellings, too.
  const names = new Set(readdirSync(folder));
  const files: Record<string, string> = {};
  const missing: string[] = [];
  for (const id of Object.keys(api.routes)) {
    const name = EXTENSIONS.map((extension) => `${id}${extension}`).find((candidate) => names.has(candidate));
    if (name === undefined) missing.push(id);
    else files[id] = join(folder, name);
  }
  if (missing.length > 0) throw missingHandlers(directory, missing);
  return files;
}

function missingDirectory(directory: string): ConfigError {
  return invalid({
    code: 'handlers-directory',
    location: 'handlers',
    found: `no directory ${directory}`,
    expected: 'a directory with one file for each route',
    fix: 'Check the path; it is relative to the folder in which the app runs.',
  });
}

function missingHandlers(directory: string, missing: readonly string[]): ConfigError {
  return invalid({
    code: 'handlers-missing',
    location: 'handlers',
    found: `no file for ${missing.join(', ')} in ${directory}`,
    expected: `a file named after each route, ending in ${EXTENSIONS.join(', ')}`,
    fix: `Add ${missing.map((id) => `${id}.ts`).join(', ')}, each with export const handler = secure('…', …).`,
  });
}

/** The error for files that do not export `handler`. */
export function handlersWithoutExport(routes: readonly string[]): ConfigError {
  return invalid({
    code: 'handler-without-export',
    location: 'handlers',
    found: `no export named "handler" for ${routes.join(', ')}`,
    expected: "export const handler = secure('route', …)",
    fix: 'Export the handler by this name.',
  });
}
