import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Api } from '../definition/api.ts';
import { ConfigError } from '../definition/errors.ts';

/** Help of the option that names the definition, the same for every command that reads one. */
export const DEFINITION_OPTION = [
  '-d, --definition <file[#export]>',
  'the module that exports the definition (default: "secure-api".definition of package.json)',
] as const;

/**
 * Loads the definition of an API from a module.
 *
 * @param choice `file` or `file#export`; without it, the `"secure-api": { "definition": … }` entry of package.json.
 * @throws {ConfigError} `option-missing`, `file-unreadable` or `option-invalid` (no definition among its exports).
 */
export async function loadDefinition(choice: string | undefined): Promise<Api> {
  const chosen = choice ?? configured();
  const [file = '', name] = chosen.split('#');
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new ConfigError({
      code: 'file-unreadable',
      place: '--definition',
      found: `no file ${file}`,
      expected: 'a module that exports a definition made by defineApi',
      mend: 'Check the path; it is relative to the current folder.',
    });
  }
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const found = Object.entries(module).filter(([key, value]) => (name === undefined || key === name) && isApi(value));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new ConfigError({
      code: 'option-invalid',
      place: '--definition',
      found:
        found.length > 1
          ? `several definitions: ${found.map(([key]) => key).join(', ')}`
          : `no definition in ${chosen}`,
      expected: 'one definition made by defineApi',
      mend: `Name the export: --definition ${file}#name.`,
    });
  }
  return only[1] as Api;
}

function configured(): string {
  const manifest = existsSync('package.json') ? readJson('package.json') : {};
  const definition = (manifest['secure-api'] as { definition?: unknown } | undefined)?.definition;
  if (typeof definition === 'string') return definition;
  throw new ConfigError({
    code: 'option-missing',
    place: '--definition',
    found: 'neither the option nor an entry in package.json',
    expected: 'the module that exports the definition',
    mend: 'Give --definition FILE, or write "secure-api": { "definition": "FILE" } in package.json.',
  });
}

function readJson(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    throw new ConfigError({
      code: 'file-unreadable',
      place: file,
      found: 'text that is not JSON',
      expected: 'a JSON object',
      mend: 'Mend the file, or give the option instead.',
    });
  }
}

function isApi(value: unknown): value is Api {
  const api = value as Partial<Api> | null;
  return typeof api === 'object' && api !== null && typeof api.name === 'string' && Array.isArray(api.escapes);
}
