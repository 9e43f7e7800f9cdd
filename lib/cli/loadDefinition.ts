import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { BuildFailure } from 'esbuild';
import type { Api } from '../definition/api.ts';
import { isReported } from '../definition/errors.ts';
import { nearest } from '../definition/shape.ts';
import { bundleModule } from './load/bundleModule.ts';
import { guardAfterLoad, UnfitModule } from './load/guardProcess.ts';
import { firstSource, importBundle } from './load/importBundle.ts';
import { bundleError, importError } from './load/loadFault.ts';
import { invalidOption, missingOption, unreadable } from './options.ts';

/** The option that names the definition, for every command that reads one. */
export const DEFINITION_OPTION = [
  '-d, --definition <file[#export]>',
  'the module that exports the definition (default: "secure-api".definition of package.json)',
] as const;

const MODULES = /\.[cm]?[jt]sx?$/;

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
 * @throws {ConfigError} `option-missing`, `file-unreadable`, `definition-unloadable`, or `option-invalid` (no definition among its
 * exports).
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
  checkFile(path, file);
  const exports = await importModule(path, file);
  const found = Object.entries(exports).filter(([key, value]) => (name === undefined || key === name) && isApi(value));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw invalidOption({
      location: '--definition',
      found:
        found.length > 1
          ? `several definitions: ${found.map(([key]) => key).join(', ')}`
          : `no definition in ${chosen}, ${whatIsThere(exports)}`,
      expected: 'one definition made by defineApi',
      fix:
        found.length > 1
          ? `Name the export: --definition ${file}#name.`
          : 'Export what defineApi returns, or name the module that does.',
    });
  }
  return { api: complete(only[1] as Api), file: path };
}

function checkFile(path: string, file: string): void {
  const isFile = existsSync(path) && statSync(path).isFile();
  if (isFile && MODULES.test(path)) return;
  const folder = dirname(path);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => MODULES.test(name)) : [];
  const meant = names.find((name) => name.startsWith(`${basename(path)}.`)) ?? nearest(basename(path), names);
  throw unreadable({
    location: '--definition',
    found: isFile || existsSync(path) ? `${file}, which is no module` : `no file ${file}`,
    expected: 'a module that exports a definition made by defineApi',
    fix:
      meant === undefined
        ? 'Check the path; it is relative to the current folder.'
        : `Did you mean ${join(dirname(file), meant)}? The path is relative to the current folder.`,
  });
}

/** What a module without a definition exports, for its error. */
function whatIsThere(exports: Readonly<Record<string, unknown>>): string {
  const names = Object.entries(exports).map(([name, value]) =>
    value instanceof Promise ? `${name} (a promise: await it)` : name,
  );
  return names.length === 0 ? 'which exports nothing' : `which exports ${names.join(', ')}`;
}

/** Imports a module. What is wrong with the definition passes; every other error says where and why it does not load. */
async function importModule(path: string, file: string): Promise<Record<string, unknown>> {
  const bundled = await bundleModule(path).catch((error: unknown) => {
    throw error instanceof Error && 'errors' in error ? bundleError(error as BuildFailure) : error;
  });
  try {
    return membersOf(await importBundle(path, bundled));
  } catch (error) {
    throw isReported(error) ? error : importError(error, path, file, bundled);
  } finally {
    guardAfterLoad((error) => {
      const isOfModule = error instanceof UnfitModule || firstSource(error, path, bundled) !== undefined;
      return isOfModule && !isReported(error) ? importError(error, path, file, bundled) : error;
    });
  }
}

/** The exports of a module; those of CommonJS are members of its default export. */
function membersOf(exports: Record<string, unknown>): Record<string, unknown> {
  const { default: only, ...others } = exports;
  const isCommonJs = typeof only === 'object' && only !== null && !isApi(only) && Object.keys(others).length === 0;
  return isCommonJs ? { ...only } : exports;
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
