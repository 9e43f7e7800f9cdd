import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';
import { attempt } from './attempt.ts';
import type { EntryFiles } from './entryFiles.ts';
import { type Fact, factsBehind, factsOfEntry, fileStates } from './fileStates.ts';
import { readRecord, touch, writeKept, writeRecord } from './keptFiles.ts';
import { isIntact, type OnDemandFile } from './onDemand.ts';
import { sha256 } from './sha256.ts';

type Output = Metafile['outputs'][string];

type Inputs = readonly (readonly [path: string, bytes: number])[];

/** One bundle, and what it was made of. Paths are absolute, but those below `in/`, which is another folder for each build. */
interface Kept {
  readonly sha: string;
  readonly bytes: number;
  /** The bytes that each file has in it. */
  readonly inputs: Inputs;
  /** What is loaded on demand. */
  readonly onDemand?: { readonly name: string; readonly bytes: number; readonly inputs: Inputs } | undefined;
  /** The files behind it. */
  readonly files: readonly string[];
  /** What it would be bundled again for, with the state of each. */
  readonly facts: readonly (readonly [fact: Fact, state: string])[];
}

/** A bundle that was made just now. */
export interface Made {
  readonly code: Uint8Array;
  /** Undefined where it loads nothing on demand. */
  readonly onDemand: OnDemandFile | undefined;
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
const SETTINGS = ['package.json', 'tsconfig.json', 'jsconfig.json', 'node_modules/.package-lock.json'];

/** Two ticks, and less than `secure-api dev` waits after a file was saved, so that it does not build twice. */
const CLOCK_MARGIN_MS = 20;

/** A bundle that is kept: what esbuild reported about it, the hash of its code, and the files behind it. */
export interface KeptBundle {
  readonly output: Output;
  readonly onDemand: OnDemandFile | undefined;
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

/** The bundles of a folder: code in `code/<hash>`, its source map in `maps/<hash>.map`. */
export function keptBuilds({ folder, made: how, needsMaps }: Keeping, root: string): KeptBuilds {
  const file = (name: string, entry: EntryFiles) =>
    join(folder, 'builds', `${sha256(JSON.stringify([how, name, entry]))}.json`);
  // Most files are behind several bundles.
  const states = fileStates();
  return {
    find: (name, entry) => {
      const record = file(name, entry);
      const kept = readRecord<Kept>(record);
      if (kept === undefined || !kept.facts.every(([fact, state]) => states.of(fact) === state)) return undefined;
      const code = readIntact(codeFile(folder, kept.sha), kept.sha);
      const map = mapFile(folder, kept.sha);
      const beside = kept.onDemand && onDemandIn(dirname(codeFile(folder, kept.sha)), kept.onDemand, root);
      if (code === undefined || (needsMaps && !existsSync(map)) || (kept.onDemand && !beside)) return undefined;
      touch([record, dirname(codeFile(folder, kept.sha)), ...(needsMaps ? [map] : [])]);
      writeBundle(join(root, 'out', name), code, beside);
      const output = { bytes: kept.bytes, inputs: inputsOf(kept.inputs, root), imports: [], exports: [] };
      return { output, onDemand: beside, sha: kept.sha, files: kept.files };
    },
    keep: (name, entry, { code, onDemand, map, output, sources, inputs, began }) => {
      const sha = sha256(code);
      const behind = sources.filter((path) => !isEntry(path));
      const files = [...behind.map((path) => resolve(root, path)), ...SETTINGS.map((path) => resolve(path))];
      // Before the code, which says that it is there.
      const isKept =
        (onDemand === undefined || writeKept(join(dirname(codeFile(folder, sha)), onDemand.name), onDemand.code)) &&
        writeKept(codeFile(folder, sha), code) &&
        (map === undefined || writeKept(mapFile(folder, sha), withWholeUrls(map, join(root, 'out', name))));
      const facts = isKept ? factsBehind(inputs, behind, root) : undefined;
      if (facts === undefined) return { output, onDemand, sha, files };
      const ofEntry = factsOfEntry(inputs, sources.filter(isEntry));
      const kept: Kept = {
        sha,
        bytes: output.bytes,
        inputs: keptInputs(output.inputs, root),
        onDemand: onDemand && { name: onDemand.name, bytes: onDemand.bytes, inputs: keptInputs(onDemand.inputs, root) },
        files,
        // Nobody knows whether what was written meanwhile was read before or after that.
        facts: [...facts, ...ofEntry].map((fact) => [fact, wasChangedSince(fact, began) ? '?' : states.of(fact)]),
      };
      writeRecord(file(name, entry), kept);
      return { output, onDemand, sha, files };
    },
  };
}

/** Writes a bundle, and what it loads on demand. */
export function writeBundle(folder: string, code: Uint8Array, onDemand: OnDemandFile | undefined): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), code);
  if (onDemand !== undefined) writeFileSync(join(folder, onDemand.name), onDemand.code);
}

function onDemandIn(folder: string, kept: NonNullable<Kept['onDemand']>, root: string): OnDemandFile | undefined {
  const code = attempt(() => readFileSync(join(folder, kept.name)), undefined);
  if (code === undefined || !isIntact(kept.name, code)) return undefined;
  return { name: kept.name, code, bytes: kept.bytes, inputs: inputsOf(kept.inputs, root) };
}

function keptInputs(inputs: Output['inputs'], root: string): Inputs {
  return Object.entries(inputs).map(([path, { bytesInOutput }]) => [whole(root, path), bytesInOutput]);
}

function inputsOf(kept: Inputs, root: string): Output['inputs'] {
  return Object.fromEntries(kept.map(([path, bytesInOutput]) => [shown(root, path), { bytesInOutput }] as const));
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
    return path.includes('node_modules') ? `${stats.mtimeMs} ${stats.size}` : sha256(readFileSync(path));
  } catch {
    return 'none';
  }
}

/**
 * Whether a file was written at this time or later. It can also have been a few milliseconds before: the clock of file systems is
 * behind that of the process by up to a tick of the kernel, 10 ms.
 */
export function wasWrittenSince(path: string, time: number): boolean {
  return attempt(() => statSync(path).mtimeMs, 0) >= time - CLOCK_MARGIN_MS;
}

/** Whether a file, or the folder that a fact is about, was written at this time or later. */
function wasChangedSince(fact: Fact, time: number): boolean {
  const path = fact.slice(fact.indexOf(' ') + 1);
  return wasWrittenSince(path, time) || (!fact.startsWith('file ') && wasWrittenSince(dirname(path), time));
}

function readIntact(file: string, sha: string): Uint8Array | undefined {
  const code = attempt(() => readFileSync(file), undefined);
  return code !== undefined && sha256(code) === sha ? code : undefined;
}

/** In a source map, URLs are relative to the bundle, which is moved. Node.js reads a whole one faster. */
function withWholeUrls(map: string, folder: string): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  const base = pathToFileURL(join(folder, 'index.mjs'));
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((source) => new URL(source, base).href) });
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
