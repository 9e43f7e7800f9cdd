import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { loaderOf } from '../../bundle/loaderOf.ts';
import { packagesOutside } from './packagesOutside.ts';

/** A module with the files of the project that it imports, as one ES module, and the way back to the lines of the sources. */
export interface BundledModule {
  readonly code: string;
  /** Source map (JSON); its sources are relative to the folder of the module. */
  readonly map: string;
}

/** What a module calls its own file; each source gets its values. */
const SELF: Readonly<Record<string, (path: string) => string>> = {
  'import.meta.url': (path) => pathToFileURL(path).href,
  'import.meta.filename': (path) => path,
  'import.meta.dirname': dirname,
  __filename: (path) => path,
  __dirname: dirname,
};
const nameOf = (index: number) => `__secureApiSelf${index}`;
const SOURCES = /\.[cm]?[jt]sx?$/;

/**
 * Bundles a module of a project with esbuild, so that it is read as the tools of the project read it: extensionless imports, `paths` of
 * tsconfig.json, CommonJS, JSX, enums and decorators. Packages are not bundled. Nothing is written.
 *
 * @param file absolute path.
 * @throws {BuildFailure} the errors of esbuild, with their locations relative to the current folder.
 */
export async function bundleModule(file: string): Promise<BundledModule> {
  // Only commands that read a definition take the time to load it.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    // Messages name files relative to it.
    absWorkingDir: process.cwd(),
    entryPoints: [file],
    // Beside the module, so that the sources of the map are relative to its folder.
    outfile: join(dirname(file), `${basename(file, extname(file))}.bundle.mjs`),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Those of Node.js, without the condition "module" of bundlers: a package has one instance, also when several modules load it.
    conditions: ['module-sync', 'node-addons'],
    sourcemap: 'external',
    sourcesContent: false,
    keepNames: true,
    charset: 'utf8',
    logLevel: 'silent',
    define: Object.fromEntries(Object.keys(SELF).map((name, index) => [name, nameOf(index)])),
    banner: { js: requireFrom(file) },
    plugins: [packagesOutside(), ownPaths()],
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { code: textOf('.mjs'), map: textOf('.map') };
}

/** Code that bundled CommonJS needs in an ES module. */
function requireFrom(file: string): string {
  return `const require = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(file)});`;
}

/** Defines in each source that asks for them the names of its file, in front of its first line, so that all lines stay. */
function ownPaths(): Plugin {
  return {
    name: 'own-paths',
    setup: ({ onLoad }) => {
      onLoad({ filter: SOURCES, namespace: 'file' }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (!usesOwnPath(text)) return undefined;
        return { contents: `${ownNames(path)}${text.replace(/^#!/, '//')}`, loader: loaderOf(path) };
      });
    },
  };
}

/** A column of a source, from 1, without what was put in front of its first line. */
export function columnIn(path: string, line: number, column: number): number {
  const isMoved = line === 1 && SOURCES.test(path) && usesOwnPath(readFileSync(path, 'utf8'));
  return Math.max(1, column + 1 - (isMoved ? ownNames(path).length : 0));
}

function usesOwnPath(text: string): boolean {
  return /\bimport\.meta\b|\b__(?:file|dir)name\b/.test(text);
}

function ownNames(path: string): string {
  const values = Object.values(SELF).map((value, index) => `${nameOf(index)} = ${JSON.stringify(value(path))}`);
  return `const ${values.join(', ')}; `;
}
