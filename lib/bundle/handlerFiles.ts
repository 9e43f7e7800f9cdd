import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { Api } from '../definition/api.ts';
import { ConfigError, type ConfigFault } from '../definition/errors.ts';
import { nearest } from '../definition/shape.ts';

/** Endings of handler files. */
export const EXTENSIONS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];

/**
 * The handler file of every route: `<directory>/<routeId>` with one of the known endings.
 *
 * @throws {ConfigError} `handlers-directory`, `handlers-missing` listing all that are missing with the files that may be meant, or
 * `handlers-ambiguous` listing all routes with several files.
 */
export function findHandlers(api: Api, directory: string): Readonly<Record<string, string>> {
  const folder = resolve(directory);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw missingDirectory(directory);
  // As written: a file system without case finds other spellings, too.
  const names = readdirSync(folder);
  const ids = Object.keys(api.routes);
  const found = ids.map((id) => [id, filesOf(folder, names, id)] as const);
  const missing = found.filter(([, files]) => files.length === 0).map(([id]) => id);
  const several = found.filter(([, files]) => files.length > 1).map(([, files]) => files.join(' and '));
  const [first, ...others] = [
    ...(missing.length > 0 ? [missingHandlers(directory, missing, leftOver(folder, names, { ids, missing }))] : []),
    ...(several.length > 0 ? [severalFiles(several)] : []),
  ];
  if (first !== undefined) throw new ConfigError(first, ...others);
  return Object.fromEntries(found.map(([id, [name = '']]) => [id, join(folder, name)]));
}

/**
 * Requires that handler files are still there.
 *
 * @throws {ConfigError} `handlers-missing`.
 */
export function requireHandlers(handlers: Readonly<Record<string, string>>, directory: string): void {
  const missing = Object.keys(handlers).filter((id) => !isFile(handlers[id] ?? ''));
  if (missing.length > 0) throw new ConfigError(missingHandlers(directory, missing, NOTHING_LEFT));
}

/** Not a directory, and not a pipe, which nobody may ever write to. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The files of a route, without those that the compiler wrote beside their source. */
function filesOf(folder: string, names: readonly string[], id: string): readonly string[] {
  const found = EXTENSIONS.map((extension) => `${id}${extension}`).filter(
    (name) => names.includes(name) && isFile(join(folder, name)),
  );
  const isCompiled = (name: string) =>
    sourcesOf(name).some(
      (source) =>
        found.includes(source) &&
        (names.includes(source.replace(/\.([cm]?)tsx?$/, '.d.$1ts')) ||
          /^\/\/# sourceMappingURL=/m.test(readFileSync(join(folder, name), 'utf8'))),
    );
  return found.filter((name) => !isCompiled(name));
}

/** The files that a compiler writes this one for: `.ts` and `.tsx` for `.js`, and so on. */
function sourcesOf(name: string): readonly string[] {
  const [, base, ending] = /^(.*)\.([cm]?jsx?)$/.exec(name) ?? [];
  if (base === undefined || ending === undefined) return [];
  const source = `${base}.${ending.replace('j', 't')}`;
  return ending === 'js' ? [source, `${source}x`] : [source];
}

/** What is in the directory besides the files of the routes. */
interface LeftOver {
  /** Files and folders, by their names without ending. */
  readonly others: ReadonlyMap<string, string>;
  /** Of these, files that seem to have the handler of a route that is missing one, by the route. */
  readonly handlers: ReadonlyMap<string, string>;
  /** Of these, files that seem to have the handler of a route that is gone, which has their name. */
  readonly unused: readonly string[];
}

const NOTHING_LEFT: LeftOver = { others: new Map(), handlers: new Map(), unused: [] };

function leftOver(
  folder: string,
  names: readonly string[],
  { ids, missing }: { readonly ids: readonly string[]; readonly missing: readonly string[] },
): LeftOver {
  const bases = names.map((name) => [name.slice(0, name.length - extname(name).length), name] as const);
  const others = bases.filter(([base, name]) => !(ids.includes(base) && EXTENSIONS.includes(extname(name))));
  const files = others
    .filter(([, name]) => EXTENSIONS.includes(extname(name)) && isFile(join(folder, name)))
    .map(([base, name]) => ({ base, name, code: readFileSync(join(folder, name), 'utf8') }));
  const handlers = missing.flatMap((id) => {
    const [file, ...more] = files.filter(({ code }) => isHandlerOf(code, id));
    return file === undefined || more.length > 0 ? [] : [[id, file.name] as const];
  });
  const unused = files.filter(({ base, code }) => isHandlerOf(code, base)).map(({ name }) => name);
  return { others: new Map(others), handlers: new Map(handlers), unused };
}

/** Whether code seems to have the handler of a route: its id as an argument or a member, before others. */
function isHandlerOf(code: string, id: string): boolean {
  return ["'", '"', '`'].some((quote) => {
    const parts = code.split(`${quote}${id}${quote}`);
    return parts.slice(1).some((after, i) => /^\s*,/.test(after) && /[(:]\s*$/.test(parts[i] ?? ''));
  });
}

/** The file that may be meant for a route: in another case, with hyphens, with another ending or a typing mistake. */
function meantFor(id: string, others: ReadonlyMap<string, string>): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const bases = [...others.keys()];
  const base = bases.find((name) => plain(name) === plain(id)) ?? nearest(id, bases);
  return base === undefined ? undefined : others.get(base);
}

function missingDirectory(directory: string): ConfigError {
  return new ConfigError({
    code: 'handlers-directory',
    location: 'handlers',
    found: `no directory ${directory}`,
    expected: 'a directory with one file for each route',
    fix: 'Check the path; it is relative to the folder in which the app runs.',
  });
}

function missingHandlers(
  directory: string,
  missing: readonly string[],
  { others, handlers, unused }: LeftOver,
): ConfigFault {
  const meant = missing.flatMap((id) => {
    const name = handlers.get(id) ?? meantFor(id, others);
    return name === undefined
      ? []
      : [{ id, name, file: `${id}${EXTENSIONS.find((one) => one === extname(name)) ?? '.ts'}` }];
  });
  const absent = missing.filter((id) => !meant.some((one) => one.id === id));
  const rename = meant.map(({ name, file }) => `Rename ${name} to ${file}.`);
  const each = absent.length > 1 ? ', each' : '';
  const add = `Add ${absent.map((id) => `${id}.ts`).join(', ')}${each} with export const handler = secure('…', …).`;
  // A route of a project is renamed in the definition first.
  const old = absent.length === 0 ? [] : unused.filter((file) => !meant.some(({ name }) => name === file));
  const renamed = 'For a route that you have renamed, rename its file instead, and the route in it.';
  return {
    code: 'handlers-missing',
    location: 'handlers',
    found: [
      `no file for ${missing.join(', ')} in ${directory}`,
      ...meant.map(({ name, file }) => `${name} instead of ${file}`),
      ...old.map((name) => `${name} is there, and no route has its name`),
    ].join('; '),
    expected: `a file named after each route, ending in ${EXTENSIONS.join(', ')}`,
    fix: [...rename, ...(absent.length > 0 ? [add] : []), ...(old.length > 0 ? [renamed] : [])].join(' '),
  };
}

function severalFiles(several: readonly string[]): ConfigFault {
  return {
    code: 'handlers-ambiguous',
    location: 'handlers',
    found: several.join('; '),
    expected: 'one file for each route',
    fix: 'Remove the file that is not meant. Compile into another folder (outDir of tsconfig.json), or do not compile: handlers are bundled from TypeScript.',
  };
}

/**
 * The fault of files that do not export `handler`.
 *
 * @param instead what they export, such as `report.ts exports default`
 */
export function withoutExport(routes: readonly string[], instead: readonly string[] = []): ConfigFault {
  return {
    code: 'handler-without-export',
    location: 'handlers',
    found: [`no export named "handler" for ${routes.join(', ')}`, ...instead].join('; '),
    expected: "export const handler = secure('route', …)",
    fix: 'Export the handler by this name.',
  };
}
