import { resolve } from 'node:path';
import { createContext, Script } from 'node:vm';
import { buildSync, type Metafile } from 'esbuild';
import { standIn, standInModule } from './standIn.ts';

/** What a file exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/** The exports of files, by path, as far as they can be read. */
export interface ReadExports {
  readonly exports: ReadonlyMap<string, Exports>;
  /** The files that a file imports, of those that were read. */
  importsOf(file: string): readonly string[];
}

/** A file that takes longer waits for something that is not there. */
const LONGEST_MS = 1_000;

/** What a file can use while it is read: nothing that reaches out of it, and no promise, which could fail later. */
const GLOBALS: Readonly<Record<string, unknown>> = {
  URL,
  URLSearchParams,
  TextEncoder,
  TextDecoder,
  Buffer,
  structuredClone,
};
const STAND_INS = [
  ...[
    'Promise',
    'Atomics',
    'WebAssembly',
    'console',
    'fetch',
    'crypto',
    'performance',
    'AbortController',
    'AbortSignal',
  ],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'queueMicrotask'],
];

/** Calls of `secure` are what is looked for, so they are real. */
const RUNTIME = 'secure-api/runtime';
const secureReal = { handlersOf: () => (route: unknown, fn: unknown) => ({ route, fn }) };

/**
 * Runs files of handlers far enough to see what they export: each with the project's own files that it imports, and stand-ins for
 * packages, network, clock and environment. Types and comments are gone, and what a name means is known, whatever its spelling.
 * A file that waits for something (`await` at its top), or fails with stand-ins, has no entry.
 */
export function readExports(files: readonly string[]): ReadExports {
  const together = bundle(files);
  const built = together === undefined && files.length > 1 ? files.map((file) => bundle([file])) : [together];
  const exports = new Map<string, Exports>();
  const imports = new Map<string, readonly string[]>();
  for (const { code, metafile } of built.filter((one) => one !== undefined)) {
    for (const [file, source] of code) {
      const read = run(source, undefined) ?? run(source, standIn());
      if (read !== undefined) exports.set(file, read);
    }
    for (const [path, input] of Object.entries(metafile.inputs)) {
      imports.set(
        resolve(path),
        input.imports.filter(({ external }) => !external).map((found) => resolve(found.path)),
      );
    }
  }
  return { exports, importsOf: (file) => imports.get(file) ?? [] };
}

interface Bundled {
  readonly code: ReadonlyMap<string, string>;
  readonly metafile: Metafile;
}

/** Each file with those that it imports, as CommonJS; undefined when one of them does not bundle. */
function bundle(files: readonly string[]): Bundled | undefined {
  const outdir = resolve('/out');
  try {
    const { outputFiles, metafile } = buildSync({
      entryPoints: files.map((file, index) => ({ in: file, out: String(index) })),
      outdir,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'cjs',
      // Then asynchronous code needs `Promise`, and with a stand-in for it none runs later.
      supported: { 'async-await': false, 'async-generator': false, 'for-await': false, 'dynamic-import': false },
      charset: 'utf8',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const code = outputFiles.map(
      ({ path, text }) => [files[Number(/(\d+)\.js$/.exec(path)?.[1])] ?? '', text] as const,
    );
    return { code: new Map(code), metafile };
  } catch {
    return undefined;
  }
}

/** The exports of a bundled file; undefined when it throws. */
function run(source: string, variable: unknown): Exports | undefined {
  const module: { exports: unknown } = { exports: {} };
  const environment = new Proxy({}, { get: () => variable });
  const context = createContext(
    {
      ...GLOBALS,
      ...Object.fromEntries(STAND_INS.map((name) => [name, standIn()])),
      process: standIn({ env: environment, argv: [], platform: 'linux' }),
      require: (name: string) => standInModule(name === RUNTIME ? secureReal : {}),
      module,
      exports: module.exports,
    },
    { codeGeneration: { strings: false, wasm: false } },
  );
  try {
    new Script(`delete Array.fromAsync;\n${source}`).runInContext(context, { timeout: LONGEST_MS });
    const { exports } = module;
    const isObject = (typeof exports === 'object' && exports !== null) || typeof exports === 'function';
    // A getter of an export can throw, too.
    return isObject ? Object.fromEntries(Object.entries(exports)) : {};
  } catch {
    return undefined;
  }
}
