import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';
import { EXTENSIONS } from './handlerFiles.ts';
import { loaderOf } from './selfContained.ts';

/** Files by which a handler can reach its file, one importing the other. */
const MAX_IMPORTS = 5;
const IMPORTS = /import\{([^}]*)\}from"([^"]+)"/g;
const EXPORTS = /export\{([^}]*)\}/g;
const EXPORTS_ALL = /export\*from"([^"]+)"/g;
/** A string as the first of several values: `secure("getOrder",` */
const NAMED_CALL = /([\w$]+)\("([^"\\]*)",/;

/**
 * Compares the route that each handler names with its file: `secure('getOrder', …)` belongs into `getOrder.ts`. The code is read,
 * not run, so a name that is computed is not seen; the function checks it again when it starts.
 *
 * @param files handler files by route.
 * @throws {ConfigError} `handler-of-other-route` listing all of them.
 */
export function checkHandlerRoutes(files: Readonly<Record<string, string>>): void {
  const wrong = Object.entries(files).flatMap(([id, file]) => {
    const source = readFileSync(file, 'utf8');
    // What almost every file has; reading it costs nothing.
    if (new RegExp(`handler\\s*=\\s*[\\w$.]+\\(\\s*(['"])${id}\\1\\s*,`).test(source)) return [];
    const named = routeIn(file, 'handler', Object.keys(files), 0);
    return named === undefined || named === id ? [] : [{ id, file: basename(file), named }];
  });
  if (wrong.length > 0) throw ofOtherRoute(wrong);
}

/**
 * Looks for files beside the handlers that export a handler, and are neither a route's nor imported by one.
 *
 * @param bundled paths of the files that are in a bundle.
 * @throws {ConfigError} `handler-without-route` listing all of them.
 */
export function checkUnusedHandlers(directory: string, ids: readonly string[], bundled: ReadonlySet<string>): void {
  const unused = readdirSync(resolve(directory)).filter((name) => {
    const path = join(resolve(directory), name);
    if (!EXTENSIONS.includes(extname(name)) || /\.d\.m?ts$/.test(name) || bundled.has(path)) return false;
    if (ids.includes(basename(name, extname(name)))) return false;
    const code = /\bhandler\b/.test(readFileSync(path, 'utf8')) ? codeOf(path) : undefined;
    return code !== undefined && exportedAs(code, 'handler') !== undefined && HANDLER.test(code);
  });
  if (unused.length > 0) throw withoutRoute(unused);
}

/** What makes a handler, in normalized code: the route and the function. */
const HANDLER = /[\w$]\("[^"\\]*",|route:"/;

/** The route that an export names; undefined where the code does not show it. */
function routeIn(file: string, name: string, ids: readonly string[], depth: number): string | undefined {
  const code = depth > MAX_IMPORTS ? undefined : codeOf(file);
  if (code === undefined) return undefined;
  const follow = (from: string, exported: string) => {
    const path = from.startsWith('.') ? resolve(dirname(file), from) : '';
    return existsSync(path) ? routeIn(path, exported, ids, depth + 1) : undefined;
  };
  const local = exportedAs(code, name);
  if (local === undefined) {
    return [...code.matchAll(EXPORTS_ALL)]
      .map(([, from = '']) => follow(from, name))
      .find((found) => found !== undefined);
  }
  for (const [, names = '', from = ''] of code.matchAll(IMPORTS)) {
    const imported = nameBefore(names, local);
    if (imported !== undefined) return follow(from, imported);
  }
  return routeInValue(code, local, ids);
}

function routeInValue(code: string, local: string, ids: readonly string[]): string | undefined {
  const value = code.split(new RegExp(`(?<![\\w$.])${local.replaceAll('$', '\\$')}=`))[1] ?? '';
  const object = /^\{route:"([^"]*)"/.exec(value)?.[1];
  if (object !== undefined) return object;
  const constant = /^[\w$]+\(([\w$]+),/.exec(value)?.[1];
  const named = constant === undefined ? undefined : code.split(`${constant}="`)[1]?.split('"')[0];
  if (named !== undefined) return named;
  const direct = NAMED_CALL.exec(value);
  if (direct?.index === 0 && (direct[1] === 'secure' || code.includes(`${direct[1]}=handlersOf(`))) return direct[2];
  const calls = [...value.matchAll(new RegExp(NAMED_CALL, 'g'))].map(([, , first = '']) => first);
  const routes = new Set(calls.filter((first) => ids.includes(first)));
  return routes.size === 1 ? [...routes][0] : undefined;
}

/** Code in one spelling: no types, comments or spaces, strings in double quotes, exports in one list. */
function codeOf(file: string): string | undefined {
  try {
    const options = { loader: loaderOf(file), format: 'esm', minifySyntax: true, minifyWhitespace: true } as const;
    return transformSync(readFileSync(file, 'utf8'), options).code;
  } catch {
    return undefined; // The bundling reports it, with line and column.
  }
}

function exportedAs(code: string, name: string): string | undefined {
  return [...code.matchAll(EXPORTS)]
    .map(([, names = '']) => nameBefore(names, name))
    .find((local) => local !== undefined);
}

/** In `a as b,c` the name before `b` is `a`, and before `c` it is `c`. */
function nameBefore(names: string, name: string): string | undefined {
  const pairs = names.split(',').map((item) => item.split(' as '));
  return pairs.find((pair) => pair.at(-1) === name)?.[0];
}

interface WrongHandler {
  readonly id: string;
  readonly file: string;
  readonly named: string;
}

function ofOtherRoute(wrong: readonly WrongHandler[]): ConfigError {
  return invalid({
    code: 'handler-of-other-route',
    location: 'handlers',
    found: wrong.map(({ file, named }) => `${file} with a handler for ${named}`).join('; '),
    expected: wrong.map(({ id }) => `secure('${id}', …)`).join('; '),
    fix: 'Name the route after the file, or rename the file.',
  });
}

function withoutRoute(names: readonly string[]): ConfigError {
  return invalid({
    code: 'handler-without-route',
    location: 'handlers',
    found: `${names.join(', ')}, which no route uses`,
    expected: 'handler files that are named after a route',
    fix: 'Rename the file, add the route, or move the file out of the directory.',
  });
}
