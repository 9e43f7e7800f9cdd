import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { attempt } from './attempt.ts';
import { sha256 } from './sha256.ts';

/** What a bundle depends on: a name of something on the disk, such as `file /app/a.ts`. */
export type Fact = string;

/** The facts of what is on the disk now; each is read once. */
export interface FileStates {
  of(fact: Fact): string;
}

type Input = Metafile['inputs'][string];

/** Files that decide what an import means, beside the imported ones. */
const SETTINGS = ['package.json', 'tsconfig.json', 'jsconfig.json'];
/** Settings of TypeScript: in a folder without the first, esbuild reads the second. */
const TYPESCRIPT = ['tsconfig.json', 'jsconfig.json'];
/** Folders that no import of a project leads into, in a tree of its files. */
const SKIPPED = /^(node_modules|cdk\.out|dist|coverage|\..*)$/;

/** Reads facts. A file is known by its content, whatever its time and size are. */
export function fileStates(): FileStates {
  const known = new Map<Fact, string>();
  const names = new Map<string, readonly string[]>();
  const namesIn = (folder: string) => {
    const found = names.get(folder) ?? attempt(() => readdirSync(folder).sort(), []);
    names.set(folder, found);
    return found;
  };
  const read = (fact: Fact): string => {
    const [kind = '', path = ''] = split(fact);
    if (kind === 'file') return attempt(() => (statSync(path).isFile() ? sha256(readFileSync(path)) : 'none'), 'none');
    if (kind === 'link') return realPath(path);
    if (kind === 'tree') return sha256(treeOf(path).join('\n'));
    const [folder, stem] = [dirname(path), basename(path)];
    // With where each leads to, because esbuild reports the files behind links, and not the links.
    return namesIn(folder)
      .filter((name) => name === stem || name.startsWith(`${stem}.`))
      .map((name) => `${name}=${realPath(join(folder, name))}`)
      .join(' ');
  };
  return {
    of: (fact) => {
      const state = known.get(fact) ?? read(fact);
      known.set(fact, state);
      return state;
    },
  };
}

/**
 * The facts behind files that esbuild has bundled: their contents, the files that could be imported instead of them, where links lead to,
 * the packages that their imports lead to, and the settings that decide this. Undefined for what is not a file, and for a file of the
 * project that imports whatever fits a pattern.
 *
 * @param inputs of esbuild's report, of which these are the keys.
 */
export function factsBehind(
  inputs: Metafile['inputs'],
  paths: readonly string[],
  root: string,
): readonly Fact[] | undefined {
  const facts = new Set<Fact>();
  const settings = new Map<string, boolean>();
  for (const path of paths) {
    const file = resolve(root, path);
    const input = inputs[path];
    if (input === undefined || /^[a-z-]+:|^\(disabled\)/.test(path)) return undefined;
    facts.add(`file ${file}`);
    const isProjects = !isInPackage(file);
    const hasPaths = addSettings(facts, settings, dirname(file), isProjects);
    if (isProjects) facts.add(namesBeside(file));
    // As esbuild reports an import of whatever fits, such as `./rules/**/*.ts` for a computed `import()`.
    if (isProjects && input.imports.some((one) => one.path.includes('*'))) return undefined;
    for (const one of input.imports) addImport(facts, { ...one, file, root, isProjects, hasPaths });
  }
  return [...facts];
}

/** The facts of the files that a generated entry imports by their whole paths: the handlers, as they are named, not where a link leads to. */
export function factsOfEntry(inputs: Metafile['inputs'], entries: readonly string[]): readonly Fact[] {
  const imports = entries.flatMap((path) => inputs[path]?.imports ?? []);
  return imports.flatMap(({ original = '' }) => (isAbsolute(original) ? [namesBeside(original)] : []));
}

interface Import extends Pick<Input['imports'][number], 'path' | 'original' | 'external'> {
  readonly file: string;
  readonly root: string;
  readonly isProjects: boolean;
  readonly hasPaths: boolean;
}

function addImport(facts: Set<Fact>, { path, original, external, file, root, isProjects, hasPaths }: Import): void {
  const written = original ?? path;
  if (written.startsWith('node:') || written.startsWith('data:')) return;
  if (written.startsWith('.') || isAbsolute(written)) {
    if (!isProjects) return;
    const target = resolve(dirname(file), written);
    for (const one of [target, join(target, 'index')]) facts.add(namesBeside(one));
    facts.add(`file ${join(target, 'package.json')}`);
    return;
  }
  const name = written
    .split('/')
    .slice(0, written.startsWith('@') ? 2 : 1)
    .join('/');
  for (const folder of foldersAbove(dirname(file))) {
    const at = join(folder, 'node_modules', name);
    facts.add(`link ${at}`);
    if (!attempt(() => statSync(at).isDirectory(), false)) continue;
    facts.add(`file ${join(at, 'package.json')}`);
    break;
  }
  if (external !== true && !isInPackage(resolve(root, path))) facts.add(namesBeside(resolve(root, path)));
  // Its settings can lead a bare name to any file of the project.
  if (hasPaths) for (const folder of foldersAbove(dirname(file))) if (settingsIn(folder)) facts.add(`tree ${folder}`);
}

/** Adds the settings that hold for a folder; whether they map names of modules to files. */
function addSettings(facts: Set<Fact>, known: Map<string, boolean>, start: string, isProjects: boolean): boolean {
  const key = `${isProjects} ${start}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  let hasPaths = false;
  let isFound = false;
  for (const folder of foldersAbove(start)) {
    for (const name of SETTINGS) {
      if (name === 'package.json' ? !isFound : isProjects) facts.add(`file ${join(folder, name)}`);
    }
    isFound ||= attempt(() => statSync(join(folder, 'package.json')).isFile(), false);
    const file = isProjects ? settingsIn(folder) : undefined;
    if (file !== undefined) hasPaths = addTsconfig(facts, file, new Set()) || hasPaths;
    if (!isProjects && isFound) break;
  }
  known.set(key, hasPaths);
  return hasPaths;
}

/** Adds a tsconfig.json or jsconfig.json with those that it extends. */
function addTsconfig(facts: Set<Fact>, file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  facts.add(`file ${file}`);
  const text = attempt(() => readFileSync(file, 'utf8'), '');
  const [, extended = ''] = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text) ?? [];
  const names = [...extended.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
  const bases = names.flatMap((name) => {
    const isPath = name.startsWith('.') || isAbsolute(name);
    const folders = isPath
      ? [dirname(file)]
      : foldersAbove(dirname(file)).map((folder) => join(folder, 'node_modules'));
    return folders.flatMap((folder) =>
      [name, `${name}.json`, `${name}/tsconfig.json`].map((one) => resolve(folder, one)),
    );
  });
  const inBases = bases.map((base) => {
    facts.add(`file ${base}`);
    return attempt(() => statSync(base).isFile(), false) && addTsconfig(facts, base, seen);
  });
  return inBases.includes(true) || /"(paths|baseUrl)"/.test(text);
}

/** Other endings, or a folder of the name, take precedence or are taken where the file is gone. */
function namesBeside(file: string): Fact {
  return `names ${file.slice(0, file.length - extname(file).length)}`;
}

function settingsIn(folder: string): string | undefined {
  const files = TYPESCRIPT.map((name) => join(folder, name));
  return files.find((file) => attempt(() => statSync(file).isFile(), false));
}

function realPath(path: string): string {
  return attempt(() => realpathSync(path), 'none');
}

function isInPackage(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

function foldersAbove(start: string): readonly string[] {
  const parent = dirname(start);
  return parent === start ? [start] : [start, ...foldersAbove(parent)];
}

function treeOf(folder: string): readonly string[] {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }), []);
  return entries.flatMap((entry) => {
    if (SKIPPED.test(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return [`${path}=${realPath(path)}`];
    return entry.isDirectory() ? treeOf(path) : [path];
  });
}

function split(fact: Fact): readonly [string, string] {
  const end = fact.indexOf(' ');
  return [fact.slice(0, end), fact.slice(end + 1)];
}
