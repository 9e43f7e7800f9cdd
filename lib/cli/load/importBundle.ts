import { existsSync } from 'node:fs';
import { registerHooks, SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rememberBuiltins } from './builtins.ts';
import { type BundledModule, columnIn } from './bundleModule.ts';
import { guardProcess } from './guardProcess.ts';

/** A module that awaits at its top level has this long: enough for a request, such as for the keys of an issuer. */
const LONGEST_MS = 30_000;

/** A module that did not end within its time. */
export class Unsettled extends Error {
  /** Undefined when nothing is left that it could wait for. */
  readonly seconds?: number;

  constructor(seconds?: number) {
    super('The module did not end.');
    this.seconds = seconds;
  }
}

let loaded = 0;

/**
 * Loads a bundled module from memory, as if it were its first source. Nothing is written to a disk. What it prints goes to stderr,
 * because stdout holds only the result of a command. It does not set the exit code either.
 *
 * @throws {Unsettled} when it does not end.
 * @throws {UnfitModule} when it ends the process, or removes what JavaScript provides.
 */
export async function importBundle(
  file: string,
  { code }: BundledModule,
  longest = LONGEST_MS,
): Promise<Record<string, unknown>> {
  loaded += 1;
  const url = bundleUrl(file);
  const hooks = registerHooks({
    resolve: (name, context, next) =>
      name === url ? { url, format: 'module', shortCircuit: true } : next(name, context),
    load: (name, context, next) =>
      name === url ? { format: 'module', source: code, shortCircuit: true } : next(name, context),
  });
  const { exitCode } = process;
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  try {
    return await settled(() => import(url), longest);
  } finally {
    process.stdout.write = write;
    process.exitCode = exitCode;
    hooks.deregister();
  }
}

/** Each load has its own address: a module that was loaded before does not stand in for a changed one. */
function bundleUrl(file: string): string {
  return `${pathToFileURL(file).href}?secure-api=${loaded}`;
}

/**
 * Ends with an error when time is up, when Node.js has nothing left to do and would end without a word, and when the module ends the
 * process or throws in a callback.
 */
async function settled<T>(load: () => Promise<T>, longest: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const idle = () => reject(new Unsettled());
  const timer = setTimeout(() => reject(new Unsettled(longest / 1_000)), longest);
  timer.unref();
  process.once('beforeExit', idle);
  guardProcess(reject);
  try {
    // The module can have caught what a call of `process.exit` throws, so its own end does not count then.
    const exports = await Promise.race([promise, load()]).finally(rememberBuiltins());
    return await Promise.race([promise, exports]);
  } finally {
    clearTimeout(timer);
    process.off('beforeExit', idle);
  }
}

/** Where an error was thrown first in a source of the project: `file:line:column`; undefined for an error without such a frame. */
export function firstSource(error: unknown, file: string, { map }: BundledModule): string | undefined {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
  const sources = new SourceMap(JSON.parse(map));
  // Another definition that is loaded has another map.
  const frames = stack.split(`${pathToFileURL(file).href}?secure-api=`).slice(1);
  for (const [, line, column] of frames.flatMap((frame) => [...frame.matchAll(/^\d+:(\d+):(\d+)/g)])) {
    const entry = sources.findEntry(Number(line) - 1, Number(column) - 1);
    const source = 'originalSource' in entry ? resolve(dirname(file), entry.originalSource) : undefined;
    // What loads a package has no file.
    if (source === undefined || !existsSync(source) || !('originalLine' in entry)) continue;
    const at = entry.originalLine + 1;
    return `${relative(process.cwd(), source)}:${at}:${columnIn(source, at, entry.originalColumn)}`;
  }
  return undefined;
}
