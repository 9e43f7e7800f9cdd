import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Api } from '../definition/api.ts';
import { isReported } from '../definition/errors.ts';
import { invalidOption, missingOption, unreadable } from './options.ts';

/** The option that names the definition, for every command that reads one. */
export const DEFINITION_OPTION = [
  '-d, --definition <file[#export]>',
  'the module that exports the definition (default: "secure-api".definition of package.json)',
] as const;

/** A definition and its file. */
export interface Loaded {
  readonly api: Api;
  /** Absolute path of the module. */
  readonly file: string;
}

/**
 * Loads the definition of an API from a module.
 *
 * @param choice `file` or `file#export`; without it, the `"secure-api": { "definition": … }` entry of package.json.
 * @throws {ConfigError} `option-missing`, `file-unreadable` or `option-invalid` (no definition among its exports).
 */
export async function loadDefinition(choice: string | undefined): Promise<Api> {
  return (await loadFrom(chosenDefinition(choice))).api;
}

/** Like {@link loadDefinition}, but also loads a strict definition whose only faults are those of its review. */
export async function loadReviewable(choice: string | undefined): Promise<Api> {
  return (await loadReviewableFrom(chosenDefinition(choice))).api;
}

/** Returns the definition to load: of the option, or of package.json. */
export function chosenDefinition(choice: string | undefined): string {
  return choice ?? configured();
}

/** Like {@link loadReviewable}, from `file` or `file#export` below a folder. */
export async function loadReviewableFrom(chosen: string, folder = process.cwd()): Promise<Loaded> {
  try {
    return await loadFrom(chosen, folder);
  } catch (error) {
    const api = isReported(error) && 'api' in error ? error.api : undefined;
    if (isApi(api)) return { api: complete(api), file: fileOf(chosen, folder) };
    throw error;
  }
}

async function loadFrom(chosen: string, folder = process.cwd()): Promise<Loaded> {
  const [file = '', name] = chosen.split('#');
  const path = fileOf(chosen, folder);
  if (!existsSync(path)) {
    throw unreadable({
      location: '--definition',
      found: `no file ${file}`,
      expected: 'a module that exports a definition made by defineApi',
      fix: 'Check the path; it is relative to the current folder.',
    });
  }
  const module = await importModule(path, file);
  const found = Object.entries(module).filter(([key, value]) => (name === undefined || key === name) && isApi(value));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw invalidOption({
      location: '--definition',
      found:
        found.length > 1
          ? `several definitions: ${found.map(([key]) => key).join(', ')}`
          : `no definition in ${chosen}`,
      expected: 'one definition made by defineApi',
      fix: `Name the export: --definition ${file}#name.`,
    });
  }
  return { api: complete(only[1] as Api), file: path };
}

/** Imports a module. What is wrong with the definition passes, and every other error says that there is none. */
async function importModule(path: string, file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    if (isReported(error)) throw error;
    throw unreadable({
      location: '--definition',
      found: `${file}, which cannot be imported: ${firstLine(error)}`,
      expected: 'a module that exports a definition made by defineApi',
      fix: 'Name the module of the definition, or fix it: node --check FILE shows errors of its syntax.',
    });
  }
}

/** The message of an error without its stack. */
function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n');
  return line;
}

function fileOf(chosen: string, folder: string): string {
  return resolve(folder, chosen.split('#')[0] ?? '');
}

/** A definition of an earlier version of this package, such as that of another commit, has no scopes. */
function complete(api: Api): Api {
  return { ...api, scopes: api.scopes ?? {} };
}

function configured(): string {
  const manifest = existsSync('package.json') ? readJson('package.json') : {};
  const definition = (manifest['secure-api'] as { definition?: unknown } | undefined)?.definition;
  if (typeof definition === 'string') return definition;
  throw missingOption({
    location: '--definition',
    found: 'neither the option nor an entry in package.json',
    expected: 'the module that exports the definition',
    fix: 'Give --definition FILE, or write "secure-api": { "definition": "FILE" } in package.json.',
  });
}

function readJson(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    throw unreadable({
      location: file,
      found: 'something that is not JSON',
      expected: 'a JSON object',
      fix: 'Fix the file, or give the option instead.',
    });
  }
}

function isApi(value: unknown): value is Api {
  const api = value as Partial<Api> | null;
  return typeof api === 'object' && api !== null && typeof api.name === 'string' && Array.isArray(api.exemptions);
}
