import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

/**
 * Names the folder in which a synth keeps what it has bundled, so that the next one does not bundle it again. `secure-api dev` sets it;
 * a deployment is always built anew.
 */
export const BUILD_FOLDER = 'SECURE_API_BUILD';

type Output = Metafile['outputs'][string];

/** One bundle, and what it was made of. Paths are absolute, but those below `in/`, which is another folder for each build. */
interface Kept {
  readonly sha: string;
  readonly bytes: number;
  /** The bytes that each file has in it. */
  readonly inputs: readonly (readonly [path: string, bytes: number])[];
  /** What it would be bundled again for, with the state of each file. */
  readonly sources: readonly (readonly [path: string, state: string])[];
}

/** A bundle that was made just now. */
export interface Made {
  readonly code: Uint8Array;
  readonly map: string;
  readonly output: Output;
  /** All files that its entry leads to. */
  readonly sources: readonly string[];
  /** Epoch milliseconds at which the build began. */
  readonly began: number;
}

/** Kept bundles change with these, too: versions of packages, aliases, kinds of modules. */
const SETTINGS = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];

/** A bundle that is kept: what esbuild reported about it, the hash of its code, and the files behind it. */
export interface KeptBundle {
  readonly output: Output;
  readonly sha: string;
  readonly files: readonly string[];
}

interface KeptBuilds {
  /** Puts a kept bundle in its place; undefined when there is none, or one of its files has changed. */
  find(name: string): KeptBundle | undefined;
  keep(name: string, made: Made): KeptBundle;
}

/** The bundles of a folder: code in `code/<hash>/index.mjs`, its source map in `maps/<hash>.map`. */
export function keptBuilds(folder: string, root: string): KeptBuilds {
  const file = (name: string) => join(folder, 'builds', `${entryHash(join(root, 'in', name))}.json`);
  // Most files are behind several bundles.
  const states = new Map<string, string>();
  const knownState = (path: string): string => {
    const state = states.get(path) ?? stateOf(path);
    states.set(path, state);
    return state;
  };
  return {
    find: (name) => {
      const record = file(name);
      const kept = read(record);
      if (kept === undefined || !kept.sources.every(([path, state]) => knownState(path) === state)) return undefined;
      const code = codeFile(folder, kept.sha);
      const map = mapFile(folder, kept.sha);
      if (![code, map].every((path) => existsSync(path))) return undefined;
      const now = new Date();
      // What is in use is not old.
      for (const used of [record, code, map]) utimesSync(used, now, now);
      const place = join(root, 'out', name, 'index.mjs');
      mkdirSync(dirname(place), { recursive: true });
      copyFileSync(code, place);
      const inputs = kept.inputs.map(([path, bytesInOutput]) => [shown(root, path), { bytesInOutput }] as const);
      const output = { bytes: kept.bytes, inputs: Object.fromEntries(inputs), imports: [], exports: [] };
      return { output, sha: kept.sha, files: kept.sources.map(([path]) => path) };
    },
    keep: (name, { code, map, output, sources, began }) => {
      const sha = contentHash(code);
      const behind = sources.filter((path) => !isEntry(path)).map((path) => resolve(root, path));
      const files = [...behind, ...SETTINGS.map((path) => resolve(path))];
      const kept: Kept = {
        sha,
        bytes: output.bytes,
        inputs: Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [whole(root, path), bytesInOutput]),
        // Nobody knows whether a file that was written meanwhile was read before or after that.
        sources: files.map((path) => [path, wasWrittenSince(path, began) ? '' : knownState(path)]),
      };
      write(codeFile(folder, sha), code);
      write(mapFile(folder, sha), withWholePaths(map, join(root, 'out', name)));
      write(file(name), JSON.stringify(kept));
      return { output, sha, files };
    },
  };
}

/**
 * Removes what was not used for longest, beyond 200 of each kind: each saved handler leaves another one. Call it after a synth, whose
 * bundles have just been used.
 */
export function removeOldBuilds(folder: string, newest = 200): void {
  for (const kind of ['builds', 'code', 'maps'].map((name) => join(folder, name)).filter((path) => existsSync(path))) {
    const paths = readdirSync(kind).map((name) => join(kind, name));
    const byAge = paths.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
    for (const { path } of byAge.slice(newest)) rmSync(path, { recursive: true, force: true });
  }
}

/** The file of a kept bundle. */
export function codeFile(folder: string, sha: string): string {
  return join(folder, 'code', sha, 'index.mjs');
}

function mapFile(folder: string, sha: string): string {
  return join(mapsFolder(folder), `${sha}.map`);
}

/** Where the source maps of kept bundles are. */
export function mapsFolder(folder: string): string {
  return join(folder, 'maps');
}

export function contentHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A generated entry is known by all that is in its folder. */
function entryHash(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return contentHash(JSON.stringify(files.map((path) => [relative(folder, path), readFileSync(path, 'utf8')])));
}

/** What is written for each file that people edit; files of packages are large, many, and rarely change. */
export function stateOf(path: string): string {
  try {
    const stats = statSync(path);
    // Reading a pipe would wait for its writer.
    if (!stats.isFile()) return 'none';
    return path.includes('node_modules') ? `${stats.mtimeMs} ${stats.size}` : contentHash(readFileSync(path));
  } catch {
    return 'none';
  }
}

/** Whether a file was written at this time or later. */
export function wasWrittenSince(path: string, time: number): boolean {
  return Math.floor(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= time;
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

/** Another process can use the same folder, so no file is ever half written. */
function write(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  writeFileSync(half, content);
  renameSync(half, file);
}

/** In a source map, paths are relative to the bundle, which is moved. */
function withWholePaths(map: string, folder: string): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((path) => resolve(folder, path)) });
}

function isEntry(path: string): boolean {
  return path.startsWith('in/');
}

function whole(root: string, path: string): string {
  return isEntry(path) ? path : resolve(root, path);
}

/** As esbuild names it. */
function shown(root: string, path: string): string {
  return isEntry(path) ? path : relative(root, path).replaceAll('\\', '/');
}
