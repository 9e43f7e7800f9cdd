import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BuildFailure, buildSync, type Message, type Metafile } from 'esbuild';
import { ConfigError } from '../definition/errors.ts';
import { checkCdkImports, NOT_BUNDLED, OUTPUT } from './cdkImports.ts';
import { withoutExport } from './handlerFiles.ts';
import { checkSelfContained, SELF_CONTAINED, sourceName } from './selfContained.ts';

/** What esbuild reports about each file that it wrote. */
export type Outputs = Metafile['outputs'];

/** Some packages still call `require`, which an ES module does not have. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
const NATIVE = /loader is configured for "\.node" files/;
const NO_HANDLER = /^No matching export in "(.+)" for import "handler"$/;

/**
 * Bundles `in/<name>/index.mjs` into `out/<name>/index.mjs` for every name, in one pass. Synchronous, because a construct
 * is; plugins do not run this way.
 *
 * @throws {ConfigError} `handler-without-export` listing every such route, `bundle-failed`, `handler-imports-cdk`,
 * `bundle-needs-files`.
 */
export function build(root: string, names: readonly string[], handlers: Readonly<Record<string, string>>): Outputs {
  try {
    const result = buildSync({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, join(root, 'in', name, 'index.mjs')])),
      outdir: join(root, OUTPUT),
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
      // Names of classes are part of behaviour: logs distinguish errors by them.
      keepNames: true,
      legalComments: 'none',
      charset: 'utf8',
      banner: { js: BANNER },
      metafile: true,
      write: false,
      logLevel: 'silent',
      ...SELF_CONTAINED,
    });
    checkCdkImports(result.metafile, root, handlers);
    checkSelfContained(result, root);
    for (const { path, contents } of result.outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
    return result.metafile.outputs;
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
  if (routes.length > 0) return new ConfigError(withoutExport(routes));
  return new ConfigError({
    code: 'bundle-failed',
    location: 'handlers',
    found: errors.map((message) => shown(message, root)).join('; '),
    expected: 'handler files that bundle',
    fix: errors.some(({ text }) => NATIVE.test(text))
      ? 'Replace the package with one in JavaScript: the bundle has no native modules.'
      : 'Fix what the messages name.',
  });
}

/** esbuild names files relative to the build directory, also inside its messages. */
function shown({ text, location }: Message, root: string): string {
  const message = text.replaceAll(/"((?:\.\.\/)+[^"]+)"/g, (_, path: string) => `"${sourceName(root, path)}"`);
  if (location === null) return message;
  return `${sourceName(root, location.file)}:${location.line}:${location.column + 1}: ${message}`;
}
