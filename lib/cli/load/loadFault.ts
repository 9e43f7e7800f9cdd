import { readdirSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { inspect } from 'node:util';
import type { BuildFailure, Message } from 'esbuild';
import { redactString } from '../../../lambdas/shared/redact.ts';
import { ConfigError, type ConfigFault } from '../../definition/errors.ts';
import { nearest } from '../../definition/shape.ts';
import { type BundledModule, columnIn } from './bundleModule.ts';
import { UnfitModule } from './guardProcess.ts';
import { firstSource, Unsettled } from './importBundle.ts';

const MAX_SHOWN = 5;
const MODULE = 'a module that exports a definition made by defineApi';
const UNRESOLVED = /^Could not resolve "(.+)"$/;

/** The error of sources that do not bundle: a fault for each message, the first five. */
export function bundleError({ errors }: BuildFailure): ConfigError {
  const [first, ...others] = errors.slice(0, MAX_SHOWN).map(faultOf);
  return new ConfigError(first ?? unloadable('--definition', 'a module that does not bundle', 'Fix it.'), ...others);
}

/** The error of a definition that throws or waits when it is imported. */
export function importError(error: unknown, file: string, shown: string, bundled: BundledModule): ConfigError {
  if (error instanceof Unsettled) return new ConfigError(unsettled(error, shown));
  const location = firstSource(error, file, bundled) ?? shown;
  if (error instanceof UnfitModule) return new ConfigError(unloadable(location, error.found, error.fix));
  return new ConfigError(
    unloadable(
      location,
      messageOf(error),
      'Fix what throws there; a definition must load without a server or a table.',
    ),
  );
}

function unloadable(location: string, found: string, fix: string): ConfigFault {
  return { code: 'definition-unloadable', location, found, expected: MODULE, fix };
}

/** One message of esbuild, with its location. */
function faultOf({ text, location, notes }: Message): ConfigFault {
  const note = notes[0]?.text ?? '';
  const [, name] = UNRESOLVED.exec(text) ?? [];
  if (location === null) return unloadable('--definition', text, note === '' ? 'Fix what the message names.' : note);
  const { file, line, column } = location;
  const path = resolve(file);
  const at = `${file}:${line}:${columnIn(path, line, column)}`;
  if (name !== undefined) {
    return unloadable(at, `an import of "${name}", which does not exist`, missingFix(name, path, note));
  }
  return unloadable(at, text, note === '' ? 'Fix the source at this line.' : note);
}

/** How to fix an import of nothing: a file, an alias, or a package. */
function missingFix(name: string, importer: string, note: string): string {
  if (/^\.{0,2}\//.test(name)) {
    const meant = nearestFile(resolve(dirname(importer), name));
    const suggestion = meant === undefined ? '' : `Did you mean "${name.slice(0, -basename(name).length)}${meant}"? `;
    return `${suggestion}Write the path of a file, relative to ${basename(importer)}.`;
  }
  if (name.startsWith('#')) return 'Add it to "imports" of package.json.';
  if (/^[@~]?\//.test(name))
    return 'Add the alias to "paths" of the tsconfig.json beside this file or in a folder above it.';
  if (/not exported|conditions/.test(note)) return note;
  const [scope = '', rest = ''] = name.split('/');
  const packageName = scope.startsWith('@') ? `${scope}/${rest}` : scope;
  return `Install it: npm install ${packageName}. For an alias, add it to "paths" of tsconfig.json.`;
}

/** The file of a folder that is meant by a path: with another ending, or with a typing mistake. */
function nearestFile(path: string): string | undefined {
  const names = filesOf(dirname(path));
  const stem = (name: string) => name.slice(0, name.length - extname(name).length);
  const same = names.find((name) => stem(name) === stem(basename(path)));
  return same ?? nearest(basename(path), names) ?? nearest(stem(basename(path)), names.map(stem));
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function unsettled({ seconds }: Unsettled, shown: string): ConfigFault {
  const found =
    seconds === undefined
      ? 'an "await" at the top of a module, for something that cannot happen any more'
      : `a module that has not ended after ${seconds} seconds`;
  const fix =
    'Look for "await" at the top of the module and of those that it imports. Read what the definition needs from a file.';
  return unloadable(shown, found, fix);
}

/** The message of an error without its stack and its secrets: it is of code that anybody wrote. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `the thrown value ${shown(error)}`;
  return redactString(text.split('\n')[0] ?? '');
}

/** A value that is no error. It can have no `toString`. */
function shown(value: unknown): string {
  return typeof value === 'object' ? inspect(value, { customInspect: false, depth: 1 }) : String(value);
}
