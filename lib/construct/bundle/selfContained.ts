import { readFileSync } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { type BuildOptions, type BuildResult, type Loader, transformSync } from 'esbuild';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';

/** By these names code finds files beside it, and a bundled function has none. */
const PATHS = [
  '__dirname',
  '__filename',
  'require.resolve',
  'import.meta.url',
  'import.meta.dirname',
  'import.meta.filename',
] as const;
const MARK = '__secureApiPath';
/** `require` of something that is not a string, in the words of esbuild. */
const COMPUTED = 'unsupported-require-call';
const MAX_SHOWN = 10;

/** What esbuild does with such code: it marks the names, where they are free variables, and reports the calls. */
export const SELF_CONTAINED = {
  define: Object.fromEntries(PATHS.map((name, index) => [name, `${MARK}${index}_`])),
  logOverride: { [COMPUTED]: 'warning' },
} satisfies Pick<BuildOptions, 'define' | 'logOverride'>;

/** How an error names a source: a package from `node_modules/` on, another file relative to the folder of the app. */
export function sourceName(root: string, path: string): string {
  const at = path.lastIndexOf('node_modules/');
  return at === -1 ? relative(process.cwd(), resolve(root, path)) : path.slice(at);
}

/** How esbuild reads a source: `.mts` as `.ts`, and so on. */
function loaderOf(path: string): Loader {
  return extname(path).replace(/^\.[cm]?/, '') as Loader;
}

type Built = BuildResult<{ readonly metafile: true; readonly write: false }>;

/**
 * Rejects bundles with code that needs files beside it or names a module only when it runs: such code bundles, and fails when it
 * is loaded or called. What esbuild removes, because nothing uses it, is no fault.
 *
 * @throws {ConfigError} `bundle-needs-files` naming package, file, and what the file uses.
 */
export function checkSelfContained({ outputFiles, metafile, warnings }: Built, root: string): void {
  const isMarked = outputFiles.some(({ path, text }) => path.endsWith('.mjs') && text.includes(MARK));
  const bundled = new Set(
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const computed = warnings.flatMap(({ id, location }) =>
    id === COMPUTED && location !== null && bundled.has(location.file)
      ? [`${sourceName(root, location.file)}:${location.line} requires a module by a computed name`]
      : [],
  );
  const paths = isMarked ? [...bundled].flatMap((path) => pathsIn(root, path)) : [];
  const found = [...new Set([...paths, ...computed])];
  if (found.length > 0) throw needsFiles(found);
}

function pathsIn(root: string, path: string): readonly string[] {
  const loader = loaderOf(path);
  if (!['js', 'ts', 'jsx', 'tsx'].includes(loader)) return [];
  const { code } = transformSync(readFileSync(resolve(root, path), 'utf8'), { loader, define: SELF_CONTAINED.define });
  return PATHS.filter((_, index) => code.includes(`${MARK}${index}_`)).map(
    (name) => `${sourceName(root, path)} uses ${name}`,
  );
}

function needsFiles(found: readonly string[]): ConfigError {
  const more = found.length > MAX_SHOWN ? `; and ${found.length - MAX_SHOWN} more` : '';
  return invalid({
    code: 'bundle-needs-files',
    location: 'handlers',
    found: `${found.slice(0, MAX_SHOWN).join('; ')}${more}`,
    expected: 'code that needs no file beside it: a function is one file',
    fix: 'Import data as JSON or as a module, name modules by strings, or use another package.',
  });
}
