import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { kindOf } from '../definition/checks/check.ts';
import { ConfigError, type ConfigFault } from '../definition/errors.ts';
import { isRecord } from '../definition/shape.ts';
import { type Exports, type ReadExports, readExports } from './handlerExports.ts';
import { EXTENSIONS, withoutExport } from './handlerFiles.ts';
import { argumentsOf, isStandIn } from './standIn.ts';

/** What `secure` returns. */
interface Handler {
  readonly route: string;
  readonly fn: unknown;
}

/**
 * Checks what each handler file exports: `handler`, made by `secure` with the name of the file and a function, and no other handler.
 * What the file does not show without its packages is checked by the function when it starts.
 *
 * @param files handler files by route.
 * @throws {ConfigError} `handler-without-export`, `handler-invalid`, `handler-of-other-route`, `handler-without-route`, each with
 * all files.
 */
export function checkHandlers(files: Readonly<Record<string, string>>): void {
  const ids = Object.keys(files);
  const read = readExports(Object.values(files));
  const checked = Object.entries(files).flatMap(([id, file]) => {
    const exports = read.exports.get(file);
    return exports === undefined ? [] : [{ id, file: basename(file), path: file, exports }];
  });
  const absent = checked.filter(({ exports }) => exports['handler'] === undefined);
  const invalid = checked.flatMap(({ file, exports }) => found(file, invalidHandler(exports['handler'])));
  const wrong = checked.flatMap(({ id, file, exports }) => {
    const route = routeOf(exports['handler'], ids);
    return route === undefined || route === id ? [] : [{ id, found: `${file} with a handler for ${route}` }];
  });
  const second = checked.flatMap(({ file, path, exports }) =>
    secondHandlers(exports)
      .filter(([, { route }]) => !isUsedBy(files[route], path, read))
      .map(([name, { route }]) => `${file} with a second handler, ${name}, for ${route}`),
  );
  report([
    ...(absent.length > 0
      ? [
          withoutExport(
            absent.map(({ id }) => id),
            absent.flatMap(({ file, exports }) => insteadOf(file, exports)),
          ),
        ]
      : []),
    ...(invalid.length > 0 ? [notMadeBySecure(invalid)] : []),
    ...(wrong.length > 0 ? [ofOtherRoute(wrong)] : []),
    ...(second.length > 0 ? [withoutRoute(second, 'Give each handler its own file, named after its route.')] : []),
  ]);
}

/**
 * Looks for files beside the handlers that export a handler, and are neither a route's nor imported by one.
 *
 * @param bundled paths of the files that are in a bundle.
 * @throws {ConfigError} `handler-without-route` listing all of them.
 */
export function checkUnusedHandlers(directory: string, ids: readonly string[], bundled: ReadonlySet<string>): void {
  const folder = resolve(directory);
  const paths = readdirSync(folder)
    .filter((name) => EXTENSIONS.includes(extname(name)) && !/\.d\.[cm]?ts$/.test(name))
    .filter((name) => !ids.includes(basename(name, extname(name))))
    .map((name) => join(folder, name))
    // Only for speed: a handler is made by `secure`, or spells its members.
    .filter((path) => !bundled.has(path) && /secure|handler|route/i.test(readFileSync(path, 'utf8')));
  if (paths.length === 0) return;
  const { exports } = readExports(paths);
  const unused = paths.filter((path) =>
    Object.values(exports.get(path) ?? {}).some((value) => isHandler(value) || routeOf(value, ids) !== undefined),
  );
  if (unused.length === 0) return;
  const fix = 'Rename the file, add the route, or move the file out of the directory.';
  report([
    withoutRoute(
      unused.map((path) => `${basename(path)}, which no route uses`),
      fix,
    ),
  ]);
}

function isHandler(value: unknown): value is Handler {
  return isRecord(value) && typeof value['route'] === 'string' && typeof value['fn'] === 'function';
}

/** The route that a handler names; for what a package returns, the one in the arguments that it got. */
function routeOf(value: unknown, ids: readonly string[]): string | undefined {
  if (isHandler(value)) return value.route;
  const routes = argumentsOf(value).flatMap((argument) => {
    if (typeof argument === 'string') return ids.includes(argument) ? [argument] : [];
    return routeOf(argument, ids) ?? [];
  });
  return new Set(routes).size === 1 ? routes[0] : undefined;
}

/** What is exported instead of a handler; undefined for a handler, for nothing, and for what only its package knows. */
function invalidHandler(value: unknown): string | undefined {
  if (value === undefined || isStandIn(value) || isHandler(value)) return undefined;
  if (!isRecord(value) || !('route' in value && 'fn' in value)) return kindOf(value);
  const { route, fn } = value;
  if (typeof route !== 'string') return isStandIn(route) ? undefined : `a handler whose route is ${kindOf(route)}`;
  return `a handler for ${route} whose function is ${kindOf(fn)}`;
}

function secondHandlers(exports: Exports): readonly (readonly [string, Handler])[] {
  if (exports['handler'] === undefined) return [];
  return Object.entries(exports).flatMap(([name, value]) =>
    name !== 'handler' && value !== exports['handler'] && isHandler(value) ? [[name, value] as const] : [],
  );
}

/** Whether a file gets a handler from another one. */
function isUsedBy(user: string | undefined, file: string, { importsOf }: ReadExports): boolean {
  return user !== undefined && user !== file && importsOf(user).includes(file);
}

function insteadOf(file: string, exports: Exports): readonly string[] {
  const names = Object.keys(exports).filter((name) => exports[name] !== undefined);
  return names.length === 0 ? [] : [`${file} exports ${names.join(', ')}`];
}

function found(file: string, what: string | undefined): readonly string[] {
  return what === undefined ? [] : [`${file} with ${what}`];
}

function report([first, ...others]: readonly ConfigFault[]): void {
  if (first !== undefined) throw new ConfigError(first, ...others);
}

function notMadeBySecure(found: readonly string[]): ConfigFault {
  return {
    code: 'handler-invalid',
    location: 'handlers',
    found: found.join('; '),
    expected: "export const handler = secure('route', (request) => …)",
    fix: 'Wrap the function in secure: without it a request would not be checked, so the route would only respond with 500.',
  };
}

function ofOtherRoute(wrong: readonly { readonly id: string; readonly found: string }[]): ConfigFault {
  return {
    code: 'handler-of-other-route',
    location: 'handlers',
    found: wrong.map((one) => one.found).join('; '),
    expected: wrong.map(({ id }) => `secure('${id}', …)`).join('; '),
    fix: 'Name the route after the file, or rename the file.',
  };
}

function withoutRoute(found: readonly string[], fix: string): ConfigFault {
  return {
    code: 'handler-without-route',
    location: 'handlers',
    found: found.join('; '),
    expected: 'handler files that are named after a route, each with one handler',
    fix,
  };
}
