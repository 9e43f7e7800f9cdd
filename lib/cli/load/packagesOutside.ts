import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';

/** Marks the calls of `resolve` that come from here. */
const RESOLVING = Symbol('resolving');
const REQUIRED = 'required';
/** The code of this package: the definition gets the same instance as the command, in a checkout and behind a link, too. */
const OWN = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Leaves packages to Node.js, by the absolute path that their importer resolves to, so the bundle can be loaded from anywhere. A
 * CommonJS source requires them, with the default imports that its compiler gives it; an ES module imports them. What Node.js
 * cannot load, such as a package of a workspace in TypeScript, is bundled.
 */
export function packagesOutside(): Plugin {
  return {
    name: 'packages-outside',
    setup: (build) => {
      build.onResolve({ filter: /./ }, (args) => resolved(build, args));
      build.onLoad({ filter: /./, namespace: REQUIRED }, ({ pluginData }) => {
        const name = JSON.stringify(pluginData);
        return {
          contents: `module.exports = process.getBuiltinModule('node:module').createRequire(${name})(${name});`,
          loader: 'js',
        };
      });
    },
  };
}

/** Undefined where esbuild goes on by its own rules. */
async function resolved(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  if (args.pluginData === RESOLVING || args.kind === 'entry-point') return undefined;
  const isRequired = args.kind === 'require-call' || (args.kind === 'import-statement' && isCommonJs(args.importer));
  const found = (await pathOf(build, args, isRequired)) ?? (isRequired ? await pathOf(build, args, false) : undefined);
  if (found === undefined || !isLeftToNode(found)) return undefined;
  if (args.kind === 'require-resolve') return { path: found, external: true };
  const isAddon = extname(found) === '.node';
  if (isRequired || isAddon) return { path: `${found}.cjs`, namespace: REQUIRED, pluginData: found };
  return { path: pathToFileURL(found).href, external: true };
}

/** The file that an import means; undefined when it means none, or a module of Node.js. */
async function pathOf(build: PluginBuild, args: OnResolveArgs, isRequired: boolean): Promise<string | undefined> {
  const { errors, external, namespace, path } = await build.resolve(args.path, {
    kind: isRequired ? 'require-call' : args.kind,
    importer: args.importer,
    namespace: args.namespace,
    resolveDir: args.resolveDir,
    with: args.with,
    pluginData: RESOLVING,
  });
  return errors.length > 0 || external || namespace !== 'file' ? undefined : path;
}

function isLeftToNode(path: string): boolean {
  const isPackage = path.includes(`${sep}node_modules${sep}`);
  return path.startsWith(OWN) || extname(path) === '.node' || (isPackage && /\.[cm]?js$/.test(path));
}

/** Whether the compiler of a project makes CommonJS of a source: by its ending, or as its package says. */
function isCommonJs(path: string): boolean {
  if (/\.c[jt]s$/.test(path)) return true;
  return !/\.m[jt]s$/.test(path) && typeOfPackage(dirname(path)) !== 'module';
}

function typeOfPackage(folder: string): unknown {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type;
  const parent = dirname(folder);
  return parent === folder ? undefined : typeOfPackage(parent);
}
