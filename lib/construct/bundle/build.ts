import { join, resolve } from 'node:path';
import { type BuildFailure, buildSync, type Metafile } from 'esbuild';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';
import { handlersWithoutExport } from './handlerFiles.ts';

/** What esbuild reports about each file that it wrote. */
export type Outputs = Metafile['outputs'];

/** Some packages still call `require`, which an ES module does not have. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
const NO_HANDLER = /^No matching export in "(.+)" for import "handler"$/;

/**
 * Bundles `in/<name>/index.mjs` into `out/<name>/index.mjs` for every name, in one pass. Synchronous, because a construct
 * is; plugins do not run this way.
 *
 * @throws {ConfigError} `handler-without-export` listing every such route, `bundle-failed`.
 */
export function build(root: string, names: readonly string[], handlers: Readonly<Record<string, string>>): Outputs {
  try {
    const { metafile } = buildSync({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, join(root, 'in', name, 'index.mjs')])),
      outdir: join(root, 'out'),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      packages: 'bundle',
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // Packages that ship both are smaller, and shaken, as ES modules.
      mainFields: ['module', 'main'],
      minify: true,
      // Names of classes are part of behaviour: logs distinguish errors by them.
      keepNames: true,
      legalComments: 'none',
      charset: 'utf8',
      banner: { js: BANNER },
      metafile: true,
      logLevel: 'silent',
    });
    return metafile.outputs;
  } catch (error) {
    throw isFailure(error) ? explained(error, root, handlers) : error;
  }
}

function isFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error;
}

function explained({ errors }: BuildFailure, root: string, handlers: Readonly<Record<string, string>>): ConfigError {
  const incomplete = new Set(errors.map(({ text }) => resolve(root, NO_HANDLER.exec(text)?.[1] ?? '')));
  const routes = Object.keys(handlers).filter((id) => incomplete.has(handlers[id] ?? ''));
  if (routes.length > 0) return handlersWithoutExport(routes);
  const messages = errors.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text));
  return invalid({
    code: 'bundle-failed',
    location: 'handlers',
    found: messages.join('; '),
    expected: 'handler files that bundle',
    fix: 'Fix the imports that the messages name.',
  });
}
