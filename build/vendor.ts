/**
 * `node build/vendor.ts`, a part of prepack in the folder of a package: bundles into its `dist/vendor` what would otherwise be
 * installed with much that is not used, each with the licences of the packages in it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** What each package brings, by the name of its file in `dist/vendor`. */
const VENDORED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Beside the checker in plain JavaScript, recheck installs the same as a native program and as a JAR: 53 MB.
  'secure-api': { recheck: 'recheck/lib/browser.js' },
};

/** Bundles one module and writes it, with its licences, to a folder. */
async function vendor(folder: string, name: string, entry: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: join(folder, `${name}.cjs`),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    legalComments: 'eof',
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(folder, `${name}.LICENSES.txt`), licencesOf(metafile));
}

/** The names, versions and licences of all packages in a bundle. */
function licencesOf({ inputs }: Metafile): string {
  const folders = new Set(Object.keys(inputs).map(packageFolder));
  return [...folders]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n`);
}

/** The folder of the package that a file belongs to. */
function packageFolder(file: string): string {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
  if (folder === undefined) throw new Error(`${file} belongs to no installed package.`);
  return folder;
}

function licenceOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no file with its licence: ${folder}`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly name: string };
const folder = join('dist', 'vendor');
mkdirSync(folder, { recursive: true });
for (const [file, entry] of Object.entries(VENDORED[name] ?? {})) await vendor(folder, file, entry);
