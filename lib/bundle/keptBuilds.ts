import {
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
import { threadId } from 'node:worker_threads';
import type { Metafile } from 'esbuild';
import type { EntryFiles } from './entryFiles.ts';
import { attempt, contentHash, type Fact, factsBehind, fileStates } from './fileStates.ts';

type Output = Metafile['outputs'][string];

/** One bundle, and what it was made of. Paths are absolute, but those below `in/`, which is another folder for each build. */
interface Kept {
  readonly sha: string;
  readonly bytes: number;
  /** The bytes that each file has in it. */
  readonly inputs: readonly (readonly [path: string, bytes: number])[];
  /** The files behind it. */
  readonly files: readonly string[];
  /** What it would be bundled again for, with the state of each. */
  readonly facts: readonly (readonly [fact: Fact, state: string])[];
}

/** A bundle that was made just now. */
export interface Made {
  readonly code: Uint8Array;
  /** Undefined where nobody asks for it. */
  readonly map: string | undefined;
  readonly output: Output;
  /** All files that its entry leads to, as {@link inputs} names them. */
  readonly sources: readonly string[];
  readonly inputs: Metafile['inputs'];
  /** Epoch milliseconds at which the build began. */
  readonly began: number;
}

/** The settings of a project, which change what its bundles are. */
const SETTINGS = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];

/** A bundle that is kept: what esbuild reported about it, the hash of its code, and the files behind it. */
export interface KeptBundle {
  readonly output: Output;
  readonly sha: string;
  readonly files: readonly string[];
}

/** Where bundles are kept, and for whom. */
export interface Keeping {
  readonly folder: string;
  /** Identifies how bundles are made; others are not found. */
  readonly made: string;
  /** Whether each bundle needs its source map. */
  readonly needsMaps: boolean;
}

interface KeptBuilds {
  /** Puts a kept bundle in its place; undefined when there is none, it is damaged, or a fact behind it has changed. */
  find(name: string, entry: EntryFiles): KeptBundle | undefined;
  keep(name: string, entry: EntryFiles, made: Made): KeptBundle;
}

/** The bundles of a folder: code in `code/<hash>/index.mjs`, its source map in `maps/<hash>.map`. */
export function keptBuilds({ folder, made: how, needsMaps }: Keeping, root: string): KeptBuilds {
  const file = (name: string, entry: EntryFiles) =>
    join(folder, 'builds', `${contentHash(JSON.stringify([how, name, entry]))}.json`);
  // Most files are behind several bundles.
  const states = fileStates();
  return {
    find: (name, entry) => {
      const record = file(name, entry);
      const kept = read(record);
      if (kept === undefined || !kept.facts.every(([fact, state]) => states.of(fact) === state)) return undefined;
      const code = readIntact(codeFile(folder, kept.sha), kept.sha);
      const map = mapFile(folder, kept.sha);
      if (code === undefined || (needsMaps && !existsSync(map))) return undefined;
      const now = new Date();
      // What is in use is not old.
      const used = [
        record,
        codeFile(folder, kept.sha),
        dirname(codeFile(folder, kept.sha)),
        ...(needsMaps ? [map] : []),
      ];
      for (const path of used) utimesSync(path, now, now);
      const place = join(root, 'out', name, 'index.mjs');
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, code);
      const inputs = kept.inputs.map(([path, bytesInOutput]) => [shown(root, path), { bytesInOutput }] as const);
      const output = { bytes: kept.bytes, inputs: Object.fromEntries(inputs), imports: [], exports: [] };
      return { output, sha: kept.sha, files: kept.files };
    },
    keep: (name, entry, { code, map, output, sources, inputs, began }) => {
      const sha = contentHash(code);
      const behind = sources.filter((path) => !isEntry(path));
      const files = [...behind.map((path) => resolve(root, path)), ...SETTINGS.map((path) => resolve(path))];
      writeKept(codeFile(folder, sha), code);
      if (map !== undefined) writeKept(mapFile(folder, sha), withWholePaths(map, join(root, 'out', name)));
      const facts = factsBehind(inputs, behind, root);
      if (facts === undefined) return { output, sha, files };
      const kept: Kept = {
        sha,
        bytes: output.bytes,
        inputs: Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [whole(root, path), bytesInOutput]),
        files,
        // Nobody knows whether what was written meanwhile was read before or after that.
        facts: facts.map((fact) => [fact, wasChangedSince(fact, began) ? '?' : states.of(fact)]),
      };
      const content = JSON.stringify(kept);
      writeKept(file(name, entry), `${contentHash(content)}\n${content}`);
      return { output, sha, files };
    },
  };
}

/**
 * Removes what was not used for longest, beyond 200 of each kind: each saved handler leaves another one. Call it after a synth, whose
 * bundles have just been used.
 */
export function removeOldBuilds(folder: string, newest = 200): void {
  for (const kind of ['builds', 'code', 'maps', 'validators']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))) {
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

/** Whether a file, or the folder that a fact is about, was written at this time or later. */
function wasChangedSince(fact: Fact, time: number): boolean {
  const path = fact.slice(fact.indexOf(' ') + 1);
  return wasWrittenSince(path, time) || (!fact.startsWith('file ') && wasWrittenSince(dirname(path), time));
}

/** A record begins with its hash, so a damaged one is none. */
function read(file: string): Kept | undefined {
  const [hash, content = ''] = attempt(() => readFileSync(file, 'utf8').split('\n'), []);
  return hash === contentHash(content) ? (JSON.parse(content) as Kept) : undefined;
}

function readIntact(file: string, sha: string): Uint8Array | undefined {
  const code = attempt(() => readFileSync(file), undefined);
  return code !== undefined && contentHash(code) === sha ? code : undefined;
}

/** Writes a file of the folder. Another process can use the same folder, so no file is ever half written. */
export function writeKept(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}.${threadId}`;
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
