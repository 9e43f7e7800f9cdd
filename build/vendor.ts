/**
 * `node build/vendor.ts`, a part of prepack in the folder of a package: bundles into its `dist/vendor` what would otherwise be
 * installed with much that is not used, each with the licences of the packages in it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

interface Vendored {
  readonly entry: string;
  /** Packages that stay outside. */
  readonly peers?: readonly string[];
  /** Code in the place of packages that the entry imports. */
  readonly replaced?: Readonly<Record<string, string>>;
  /** Added to each name that the entry loads by an expression: esbuild finds files by their whole names. */
  readonly extension?: string;
}

/** What each package brings, by the name of its file in `dist/vendor`. */
const VENDORED: Readonly<Record<string, Readonly<Record<string, Vendored>>>> = {
  'secure-api': {
    // Beside this checker in plain JavaScript, recheck installs the same as a native program and as a JAR: 53 MB.
    recheck: { entry: 'recheck/lib/browser.js' },
    // Most of the package is what jsii needs to make it a package of other languages, and constructs that are not used.
    'cdk-monitoring-constructs': {
      entry: 'cdk-monitoring-constructs/lib/dashboard/DefaultDashboardFactory.js',
      peers: ['aws-cdk-lib', 'constructs'],
    },
    // The library of `secure-api certs` is installed as 21 packages, of which most of the code is for other formats.
    x509: { entry: '@peculiar/x509' },
    'reflect-metadata': { entry: 'reflect-metadata' },
  },
  'secure-api-local': {
    // `level` installs a native module by a script, and the gateway keeps no tables in memory.
    dynalite: {
      entry: 'dynalite',
      extension: '.js',
      replaced: {
        level: "export { SqliteLevel as Level } from './services/dynamodb/sqliteLevel.ts';",
        'memory-level': 'export const MemoryLevel = undefined;',
      },
    },
  },
};

/** Bundles one module and writes it, with its licences, to a folder. */
async function vendor(
  folder: string,
  name: string,
  { entry, peers = [], replaced = {}, extension = '' }: Vendored,
): Promise<void> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: join(folder, `${name}.cjs`),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    legalComments: 'eof',
    external: [...peers],
    metafile: true,
    logLevel: 'warning',
    plugins: [replace(replaced), nameFiles(entry, extension)],
  });
  writeFileSync(join(folder, `${name}.LICENSES.txt`), licencesOf(metafile));
}

/** Code that stands in for packages, with its imports relative to the package that is built. */
function replace(replaced: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'replace',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^.]/ }, ({ path }) =>
        Object.hasOwn(replaced, path) ? { path, namespace: 'replace' } : null,
      );
      onLoad({ filter: /./, namespace: 'replace' }, ({ path }) => ({
        contents: replaced[path],
        resolveDir: resolve(),
      }));
    },
  };
}

/** Completes the names in `require('./folder/' + name)` of a package's main file. */
function nameFiles(entry: string, extension: string): Plugin {
  return {
    name: 'name-files',
    setup({ onLoad }) {
      onLoad({ filter: new RegExp(`/node_modules/${entry}/index\\.js$`) }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll(/(require\('[^']+\/' \+ \w+)\)/g, `$1 + '${extension}')`),
      }));
    },
  };
}

/** The names, versions and licences of all packages in a bundle. */
function licencesOf({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n`);
}

function licenceOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, author } = manifest;
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const declared = `License: ${license.type ?? license}. Author: ${author?.name ?? author}.`;
  return `${name} ${version}\n\n${texts.length === 0 ? declared : texts.join('\n\n')}\n`;
}

const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly name: string };
const folder = join('dist', 'vendor');
mkdirSync(folder, { recursive: true });
for (const [file, vendored] of Object.entries(VENDORED[name] ?? {})) await vendor(folder, file, vendored);
