import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type BuildOptions, type BuildResult, type Location, transformSync } from 'esbuild';
import { ConfigError } from '../definition/errors.ts';
import { loaderOf } from './loaderOf.ts';

/** By these names code finds files beside it, and a bundled function has none. */
const PATHS = [
  '__dirname',
  '__filename',
  'require.resolve',
  'require.call',
  'require.apply',
  'require.bind',
  'require.main.require',
  'import.meta.url',
  'import.meta.dirname',
  'import.meta.filename',
] as const;
const MARK = '__secureApiPath';
/** Uses of `require` and `import()` that are no call with a string, in the words of esbuild, and in ours. */
const COMPUTED: Readonly<Record<string, string>> = {
  'unsupported-require-call': 'requires a module by a computed name',
  'indirect-require': 'uses require under another name',
  'unsupported-dynamic-import': 'imports a module by a computed name',
};
/** Browserify puts this before modules that it has bundled: it asks for `require` only for what it does not contain. */
const BROWSERIFY = /^require(?:;if\(![\w$]+&&[\w$]+\)return [\w$]+\([\w$]+,!0\)|;for\(var [\w$]+=0;|,[\w$]+=0;)/;
/** Imports modules of Node.js by a computed name, so that bundlers for browsers do not see them. */
const MODULES_OF_NODE = /node_modules\/file-type\//;
const MAX_SHOWN = 10;

/** What esbuild does with such code: it marks the names, where they are free variables, and reports the calls. */
export const SELF_CONTAINED = {
  define: Object.fromEntries(PATHS.map((name, index) => [name, `${MARK}${index}_`])),
  logOverride: Object.fromEntries(Object.keys(COMPUTED).map((id) => [id, 'warning' as const])),
} satisfies Pick<BuildOptions, 'define' | 'logOverride'>;

/** How an error names a source: a package from `node_modules/` on, another file relative to the folder of the app. */
export function sourceName(root: string, path: string): string {
  const at = path.lastIndexOf('node_modules/');
  return at === -1 ? relative(process.cwd(), resolve(root, path)) : path.slice(at);
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
  const computed = warnings.flatMap(({ id, location }) => {
    const what = COMPUTED[id];
    if (what === undefined || location === null || !bundled.has(location.file) || isHarmless(location)) return [];
    return [`${sourceName(root, location.file)}:${location.line} ${what}`];
  });
  const paths = isMarked ? [...bundled].flatMap((path) => pathsIn(root, path)) : [];
  const found = [...new Set([...paths, ...computed])];
  if (found.length > 0) throw needsFiles(found);
}

/** Whether code only asks if there is `require`, or needs it for nothing that a bundle does not have. */
function isHarmless({ file, column, lineText }: Location): boolean {
  // esbuild counts bytes.
  const line = Buffer.from(lineText);
  const before = line.subarray(0, column).toString();
  const rest = line.subarray(column).toString();
  return /\btypeof[\s(]*$/.test(before) || BROWSERIFY.test(rest) || MODULES_OF_NODE.test(file);
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
  return new ConfigError({
    code: 'bundle-needs-files',
    location: 'handlers',
    found: shownFirst(found),
    expected: 'code that needs no file beside it: only the bundle of a handler is deployed',
    fix: 'Import data as JSON or as a module, name modules by strings, or use another package.',
  });
}

/** The first ten places of a fault, and the number of the others. */
export function shownFirst(places: readonly string[]): string {
  const others = places.length - MAX_SHOWN;
  return `${places.slice(0, MAX_SHOWN).join('; ')}${others > 0 ? `; and ${others} more` : ''}`;
}
