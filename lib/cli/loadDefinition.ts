import { existsSync, readFileSync } from 'node:fs';
import type { BuildFailure } from 'esbuild';
import type { Api } from '../definition/api.ts';
import { isReported } from '../definition/errors.ts';
import { bundleModule } from './load/bundleModule.ts';
import { type Choice, checkModule, choiceOf } from './load/definitionFile.ts';
import { guardAfterLoad, UnfitModule } from './load/guardProcess.ts';
import { firstSource, importBundle } from './load/importBundle.ts';
import { bundleError, importError } from './load/loadFault.ts';
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
export async function loadReviewableFrom(chosen: string, folder?: string): Promise<Loaded> {
  try {
    return await loadFrom(chosen, folder);
  } catch (error) {
    const api = isReported(error) && 'api' in error ? error.api : undefined;
    if (isApi(api)) return { api: complete(api), file: choiceOf(chosen, folder).path };
    throw error;
  }
}

async function loadFrom(chosen: string, folder?: string): Promise<Loaded> {
  const choice = choiceOf(chosen, folder);
  checkModule(choice);
  return { api: await loadModule(choice, (exports) => definitionIn(exports, choice)), file: choice.path };
}

/** The one definition among the exports of a module, or the named one. */
function definitionIn(exports: Record<string, unknown>, { file, name }: Choice): Api {
  const found = Object.entries(exports).filter(([key, value]) => (name === undefined || key === name) && isApi(value));
  const [only] = found;
  if (only !== undefined && found.length === 1) return complete(only[1] as Api);
  const isSeveral = found.length > 1;
  const chosen = name === undefined ? file : `${file}#${name}`;
  throw invalidOption({
    location: '--definition',
    found: isSeveral
      ? `several definitions: ${found.map(([key]) => key).join(', ')}`
      : `no definition in ${chosen}, ${whatIsThere(exports)}`,
    expected: 'one definition made by defineApi',
    fix: isSeveral
      ? `Name the export: --definition ${file}#name.`
      : 'Export what defineApi returns, or name the module that does.',
  });
}

/** What a module without a definition exports, for its error. */
function whatIsThere(exports: Readonly<Record<string, unknown>>): string {
  const names = Object.entries(exports).map(([name, value]) =>
    value instanceof Promise ? `${name} (a promise: await it)` : name,
  );
  return names.length === 0 ? 'which exports nothing' : `which exports ${names.join(', ')}`;
}

/**
 * Imports a module and reads its exports, which can throw, too. What is wrong with the definition passes; every other error says where
 * and why it does not load.
 */
async function loadModule<T>({ path, file }: Choice, read: (exports: Record<string, unknown>) => T): Promise<T> {
  const bundled = await bundleModule(path).catch((error: unknown) => {
    throw error instanceof Error && 'errors' in error ? bundleError(error as BuildFailure) : error;
  });
  try {
    return read(membersOf(await importBundle(path, bundled)));
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
