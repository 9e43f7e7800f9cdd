/**
 * `node build/forNode.ts`, a part of prepack: writes what Node.js loads for `import 'secure-api'`, all code of the package in one CommonJS file.
 * Each of its hundreds of ES modules would be looked up, read and linked; and an ES module that imports the CDK has all of its classes loaded,
 * while CommonJS loads those that it uses. Bundlers take the ES modules, by the condition `module` of the exports.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const FOLDER = join('dist', 'lib');
const ENTRY = join(FOLDER, 'index.js');
const NAME = 'forNode';

/** What a module calls its own file, as an expression of the place that it had: it finds others beside it. */
const OWN: Readonly<Record<string, (path: string) => string>> = {
  'import.meta.url': (path) => `require('node:url').pathToFileURL(${path}).href`,
  'import.meta.dirname': (path) => `require('node:path').dirname(${path})`,
};
const nameOf = (index: number) => `__own${index}`;

/** Packages that a synth does not use when it has kept what they make, and the one that definitions with other schemas do not use. */
const DEFERRED = /^(ajv|esbuild|typebox)(\/|$)/;

/**
 * Each of our modules requires its packages. Where the app has loaded the CDK before, Node.js resolves its name each time, for up to half a
 * millisecond, because it has so many exports: 200 times, which was half of the time to load ours.
 */
const REQUIRE_ONCE = `require = ((load, loaded) => (name) => {
  if (!loaded.has(name)) loaded.set(name, load(name));
  return loaded.get(name);
})(require, new Map());`;

const OPTIONS = {
  entryPoints: [ENTRY],
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
  define: Object.fromEntries(Object.keys(OWN).map((name, index) => [name, nameOf(index)])),
  plugins: [ownPaths(), deferred()],
} as const satisfies BuildOptions;

/** Defines in each module that asks for them the names of its file. */
function ownPaths(): Plugin {
  return {
    name: 'own-paths',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.js$/, namespace: 'file' }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const file = `require('node:path').join(__dirname, ${JSON.stringify(relative(resolve(FOLDER), path))})`;
        const values = Object.entries(OWN).flatMap(([name, value], index) =>
          text.includes(name) ? [`const ${nameOf(index)} = ${value(file)};\n`] : [],
        );
        return values.length === 0 ? undefined : { contents: `${values.join('')}${text}`, loader: 'js' };
      });
    },
  };
}

/** Loads a package when something of it is first used. */
function deferred(): Plugin {
  const namespace = 'deferred';
  return {
    name: namespace,
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: DEFERRED }, ({ path, namespace: importer }) =>
        importer === namespace ? { path, external: true } : { path, namespace },
      );
      onLoad({ filter: /./, namespace }, ({ path }) => {
        const members = Object.keys(createRequire(import.meta.url)(path) as object).map(
          (name) => `get ${name}() { return require(${JSON.stringify(path)}).${name}; }`,
        );
        return { contents: `module.exports = { ${members.join(', ')} };`, loader: 'js' };
      });
    },
  };
}

await build({ ...OPTIONS, format: 'cjs', banner: { js: REQUIRE_ONCE }, outfile: join(FOLDER, `${NAME}.cjs`) });
const { metafile } = await build({ ...OPTIONS, format: 'esm', outfile: `${NAME}.js`, metafile: true, write: false });
const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
writeFileSync(
  join(FOLDER, `${NAME}.js`),
  `import { createRequire } from 'node:module';
export const { ${names.join(', ')} } = createRequire(import.meta.url)('./${NAME}.cjs');
`,
);
