import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withSourceMap } from './sourceMaps.ts';

/** A function's entry point: takes an event, returns a result. */
export type Handler = (event: unknown, context: unknown) => unknown;

/** The order in which Lambda looks for the file. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'] as const;

/**
 * Loads `path/file.export` below the task root, as an ES or a CommonJS module, with its source map when the directory has one.
 * @throws Error whose name is Lambda's: `Runtime.ImportModuleError`, `Runtime.HandlerNotFound`,
 *   `Runtime.MalformedHandlerName`, `Runtime.CallbackHandlerDeprecated`, or the module's own error.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export async function loadHandler(taskRoot: string, name: string, sourceMaps?: string): Promise<Handler> {
  const [, file, path] = /^([^.]+)\.(.+)$/.exec(basename(name)) ?? [];
  if (file === undefined || path === undefined || name.includes('..')) {
    throw named('Runtime.MalformedHandlerName', `Bad handler "${name}": expected file.export`);
  }
  readAsLambdaDoes(taskRoot, sourceMaps);
  const stem = join(taskRoot, dirname(name), file);
  const found = EXTENSIONS.map((extension) => stem + extension).find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw named('Runtime.ImportModuleError', `Error: Cannot find module '${join(dirname(name), file)}'`);
  }
  return pick(await load(found, taskRoot), path, name);
}

async function load(file: string, taskRoot: string): Promise<unknown> {
  if (formatOf(file, taskRoot) === 'module') return import(pathToFileURL(file).href);
  return createRequire(pathToFileURL(file))(file);
}

function pick(loaded: unknown, path: string, name: string): Handler {
  let value = loaded;
  for (const key of path.split('.')) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  if (typeof value !== 'function') throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (value.length < 3) return value as Handler;
  const message = 'Callback-based handlers are not supported; use an async function';
  throw named('Runtime.CallbackHandlerDeprecated', message);
}

/**
 * Decides how modules below the task root are read without looking above it. On Lambda nothing lies above `/var/task`; here a
 * `package.json` of the project around `cdk.out` would otherwise turn every `.js` file into an ES module.
 */
function readAsLambdaDoes(taskRoot: string, sourceMaps: string | undefined): void {
  const root = resolve(taskRoot) + sep;
  registerHooks({
    load(url, context, next) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : '';
      if (!file.startsWith(root)) return next(url, context);
      const loaded = next(url, file.endsWith('.js') ? { ...context, format: formatOf(file, taskRoot) } : context);
      return sourceMaps === undefined ? loaded : withSourceMap(loaded, sourceMaps);
    },
  });
}

function formatOf(file: string, taskRoot: string): 'module' | 'commonjs' {
  if (file.endsWith('.mjs')) return 'module';
  if (file.endsWith('.cjs')) return 'commonjs';
  const root = resolve(taskRoot);
  for (let directory = dirname(resolve(file)); directory.startsWith(root); directory = dirname(directory)) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest))
      return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module' ? 'module' : 'commonjs';
  }
  return 'commonjs';
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
