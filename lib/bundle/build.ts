import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type BuildFailure,
  type BuildOptions,
  type BuildResult,
  buildSync,
  type Message,
  type Metafile,
  type OutputFile,
} from 'esbuild';
import { ConfigError } from '../definition/errors.ts';
import { keepingOf } from './buildFolder.ts';
import { checkCdkImports, NOT_BUNDLED, OUTPUT } from './cdkImports.ts';
import type { EntryFiles } from './entryFiles.ts';
import { GROUPS } from './groups.ts';
import { withoutExport } from './handlerFiles.ts';
import { type KeptBundle, keptBuilds, writeBundle } from './keptBuilds.ts';
import { withoutFetch } from './nodeHttp.ts';
import { loading, loadsOnDemand, ON_DEMAND, type OnDemandFile, onDemandEntry, onDemandFile } from './onDemand.ts';
import { removeOldBuilds } from './removeOldBuilds.ts';
import { checkSelfContained, SELF_CONTAINED, sourceName } from './selfContained.ts';

/** What esbuild reports about each file that it wrote. */
type Outputs = Metafile['outputs'];

/** Some packages still call `require`, which an ES module does not have. Ours do not, and making it is half a millisecond of each start. */
const BANNER = "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);";
const NATIVE = /loader is configured for "\.node" files/;
const NO_HANDLER = /^No matching export in "(.+)" for import "handler"$/;

/** What {@link build} has bundled. */
export interface Built {
  readonly outputs: Outputs;
  /** What bundles load on demand, by name; some load nothing. */
  readonly onDemand: ReadonlyMap<string, OnDemandFile>;
  /** The bundles that are kept, by name; none without a folder for them. */
  readonly kept: ReadonlyMap<string, KeptBundle>;
}

/** How bundles are made, wherever they are. */
const OPTIONS = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'bundle',
  external: [...NOT_BUNDLED],
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Packages that ship both are smaller, and shaken, as ES modules.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  write: false,
  logLevel: 'silent',
  ...SELF_CONTAINED,
  define: { ...SELF_CONTAINED.define, ...ON_DEMAND.define },
} as const satisfies BuildOptions;

/** What {@link build} does besides bundling. */
export interface BuildSettings {
  /** Where bundles are kept, so that those without a change are not built again. @default - see {@link keepingOf} */
  readonly folder?: string;
  /** Checks that come before anything is bundled. What is kept has passed them. */
  readonly check?: () => void;
}

/**
 * Bundles generated entries into `out/<name>/index.mjs` for every name, beside it what it loads on demand. Synchronous, because a construct
 * is; plugins do not run this way.
 *
 * @throws {ConfigError} `handler-without-export` listing every such route, `bundle-failed`, `handler-imports-cdk`,
 * `bundle-needs-files`.
 */
export function build(
  root: string,
  entries: Readonly<Record<string, EntryFiles>>,
  handlers: Readonly<Record<string, string>>,
  { folder, check = () => undefined }: BuildSettings = {},
): Built {
  const names = Object.keys(entries);
  const keeping = keepingOf(OPTIONS, folder);
  if (keeping === undefined) {
    check();
    const { metafile, onDemand } = bundle(root, entries, handlers, false);
    return { outputs: metafile.outputs, onDemand, kept: new Map() };
  }
  const began = Date.now();
  const builds = keptBuilds(keeping, root);
  const found = new Map(names.flatMap((name) => mapped(name, builds.find(name, entries[name] ?? {}))));
  const others = Object.fromEntries(Object.entries(entries).filter(([name]) => !found.has(name)));
  const isMade = found.size < names.length;
  if (isMade) check();
  const { needsMaps } = keeping;
  const made = isMade ? keepNew(root, others, handlers, { builds, began, needsMaps }) : [];
  // `secure-api dev` removes them itself, when it knows which it serves.
  if (isMade && !needsMaps) removeOldBuilds(keeping.folder);
  const kept = new Map([...found, ...made]);
  return {
    outputs: Object.fromEntries([...kept].map(([name, { output }]) => [outputOf(name), output])),
    onDemand: new Map([...kept].flatMap(([name, bundle]) => mapped(name, bundle.onDemand))),
    kept,
  };
}

/** What bundles are kept with. */
interface Keeper {
  readonly builds: ReturnType<typeof keptBuilds>;
  readonly began: number;
  readonly needsMaps: boolean;
}

/** Bundles what is not kept yet, and keeps it. */
function keepNew(
  root: string,
  entries: Readonly<Record<string, EntryFiles>>,
  handlers: Readonly<Record<string, string>>,
  { builds, began, needsMaps }: Keeper,
): readonly (readonly [string, KeptBundle])[] {
  const { metafile, outputFiles, onDemand } = bundle(root, entries, handlers, needsMaps);
  const { inputs } = metafile;
  return Object.entries(entries).flatMap(([name, entry]) => {
    const file = join(root, outputOf(name));
    const code = outputFiles.find(({ path }) => path === file);
    const map = outputFiles.find(({ path }) => path === `${file}.map`)?.text;
    const output = metafile.outputs[outputOf(name)];
    if (code === undefined || output === undefined) return [];
    const beside = onDemand.get(name);
    const starts = [name, ...(beside === undefined ? [] : [onDemandName(isOfHandlers(name))])];
    const sources = filesBehind(inputs, ...starts.map((start) => `in/${slashes(start)}/index.mjs`));
    const made = { code: code.contents, onDemand: beside, map, output, sources, inputs, began };
    return [[name, builds.keep(name, entry, made)] as const];
  });
}

/** What esbuild made in one pass or in both. */
interface Bundled {
  readonly metafile: Metafile;
  readonly outputFiles: readonly Pick<OutputFile, 'path' | 'contents' | 'text'>[];
  readonly onDemand: ReadonlyMap<string, OnDemandFile>;
}

/**
 * Bundles functions with handlers, and functions of our own code alone. Names of classes are part of the behaviour of handlers: logs
 * distinguish errors by them. Ours gives each error its name, and names are a twelfth of its bytes.
 */
function bundle(
  root: string,
  entries: Readonly<Record<string, EntryFiles>>,
  handlers: Readonly<Record<string, string>>,
  withMaps: boolean,
): Bundled {
  for (const [name, files] of Object.entries(entries)) writeEntry(join(root, 'in', name), files);
  const passes = [true, false].flatMap((keepNames) => {
    const names = Object.keys(entries).filter((name) => isOfHandlers(name) === keepNames);
    const banner = { js: `${keepNames ? BANNER : ''}${ON_DEMAND.banner}` };
    return names.length === 0 ? [] : [bundlePass(root, names, handlers, { keepNames, banner, withMaps })];
  });
  return {
    metafile: {
      inputs: Object.assign({}, ...passes.map(({ metafile }) => metafile.inputs)),
      outputs: Object.assign({}, ...passes.map(({ metafile }) => metafile.outputs)),
    },
    outputFiles: passes.flatMap(({ outputFiles }) => outputFiles),
    onDemand: new Map(passes.flatMap(({ onDemand }) => [...onDemand])),
  };
}

function isOfHandlers(name: string): boolean {
  return slashes(name).startsWith(`${GROUPS}/`);
}

/** The entry of what these functions load on demand; no group has such a name. */
function onDemandName(hasHandlers: boolean): string {
  return hasHandlers ? 'onDemand/handlers' : 'onDemand/own';
}

interface PassOptions {
  readonly keepNames: boolean;
  readonly banner: { readonly js: string };
  readonly withMaps: boolean;
}

/** Bundles with esbuild and writes the code; a source map is only returned. */
function bundlePass(
  root: string,
  names: readonly string[],
  handlers: Readonly<Record<string, string>>,
  { withMaps, keepNames, banner }: PassOptions,
): Bundled {
  const onDemand = onDemandName(keepNames);
  writeEntry(join(root, 'in', onDemand), onDemandEntry(keepNames));
  const entryOf = (name: string) => [`${name}/index`, join(root, 'in', name, 'index.mjs')] as const;
  try {
    const result = buildSync({
      ...OPTIONS,
      keepNames,
      banner,
      absWorkingDir: root,
      alias: withoutFetch(root),
      entryPoints: Object.fromEntries([...names, onDemand].map(entryOf)),
      outdir: join(root, OUTPUT),
      ...(withMaps ? { sourcemap: 'external' as const, sourcesContent: false } : {}),
    });
    checkCdkImports(result.metafile, root, handlers);
    checkSelfContained(result, root);
    return written(root, names, onDemand, result);
  } catch (error) {
    throw isFailure(error) ? explained(error, root, handlers) : error;
  }
}

/** Writes each bundle, and beside it what it loads on demand. */
function written(
  root: string,
  names: readonly string[],
  onDemand: string,
  { metafile, outputFiles }: BuildResult<{ readonly metafile: true; readonly write: false }>,
): Bundled {
  const { [outputOf(onDemand)]: ofFile, ...outputs } = metafile.outputs;
  const fileOf = (name: string) => outputFiles.find(({ path }) => path === join(root, outputOf(name)));
  const made = fileOf(onDemand);
  const file = made === undefined || ofFile === undefined ? undefined : onDemandFile(made, ofFile);
  const files = new Map<string, OnDemandFile>();
  const bundles = names.flatMap((name) => {
    const [bundle, output] = [fileOf(name), outputs[outputOf(name)]];
    if (bundle === undefined || output === undefined) return [];
    const beside = loadsOnDemand(output) ? file : undefined;
    const contents = loading(bundle.contents, beside?.name);
    output.bytes += contents.length - bundle.contents.length;
    if (beside !== undefined) files.set(name, beside);
    writeBundle(dirname(bundle.path), contents, beside);
    return [{ path: bundle.path, contents, text: bundle.text }];
  });
  const maps = outputFiles.filter(({ path }) => path.endsWith('.map'));
  return { metafile: { ...metafile, outputs }, outputFiles: [...bundles, ...maps], onDemand: files };
}

function writeEntry(folder: string, files: EntryFiles): void {
  for (const [name, source] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, source);
  }
}

/** How esbuild names the bundle of an entry. */
export function outputOf(name: string): string {
  return `${OUTPUT}/${slashes(name)}/index.mjs`;
}

function slashes(name: string): string {
  return name.replaceAll('\\', '/');
}

function mapped<V>(name: string, value: V | undefined): readonly (readonly [string, V])[] {
  return value === undefined ? [] : [[name, value]];
}

/** All files that entries lead to, also those of which nothing is used. */
function filesBehind(inputs: Metafile['inputs'], ...entries: readonly string[]): readonly string[] {
  const seen = new Set(entries);
  for (const path of seen) for (const { path: next } of inputs[path]?.imports ?? []) if (inputs[next]) seen.add(next);
  return [...seen];
}

function isFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error;
}

function explained({ errors }: BuildFailure, root: string, handlers: Readonly<Record<string, string>>): ConfigError {
  const incomplete = new Set(errors.map(({ text }) => resolve(root, NO_HANDLER.exec(text)?.[1] ?? '')));
  const routes = Object.keys(handlers).filter((id) => incomplete.has(handlers[id] ?? ''));
  if (routes.length > 0) return new ConfigError(withoutExport(routes));
  return new ConfigError({
    code: 'bundle-failed',
    location: 'handlers',
    found: errors.map((message) => shown(message, root)).join('; '),
    expected: 'handler files that bundle',
    fix: errors.some(({ text }) => NATIVE.test(text))
      ? 'Replace the package with one in JavaScript: the bundle has no native modules.'
      : errors.every(({ text }) => text.startsWith('Could not resolve'))
        ? 'Check the path and its spelling, or install the package.'
        : 'Fix these lines.',
  });
}

/** esbuild names files relative to the build directory, also inside its messages. */
function shown({ text, location }: Message, root: string): string {
  // It quotes what the file imports, as it is written there.
  const isImport = text.startsWith('Could not resolve');
  const message = isImport
    ? text
    : text.replaceAll(/"((?:\.\.\/)+[^"]+)"/g, (_, path: string) => `"${sourceName(root, path)}"`);
  if (location === null) return message;
  return `${sourceName(root, location.file)}:${location.line}:${location.column + 1}: ${message}`;
}
