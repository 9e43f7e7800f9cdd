import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { attempt } from './attempt.ts';
import { sha256 } from './sha256.ts';

/** The packages that bundle and that compile schemas: what another version makes is something else. Read, because loading them takes time. */
const PACKAGES = ['esbuild', 'ajv', 'ajv-formats'];
/** The code that checks handlers, generates entries, and compiles schemas. */
const CODE = ['.', '../validators', '../definition'];

let known: string | undefined;

/**
 * Identifies what makes bundles and validators, by the content of our code and the versions of the packages that it uses. What
 * another one has made is not used, so an update of a package is in effect at the next synth.
 */
export function generator(): string {
  known ??= sha256(JSON.stringify([ownVersion(), PACKAGES.map(versionOf), CODE.map(contentOf)]));
  return known;
}

function versionOf(name: string): string {
  return versionIn(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

/** That of this package: its `package.json` is two folders up in source and three in `dist`. */
function ownVersion(): string {
  const [source, dist] = ['../../package.json', '../../../package.json'].map((path) => join(import.meta.dirname, path));
  return attempt(() => versionIn(source ?? ''), undefined) ?? versionIn(dist ?? '');
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

function contentOf(folder: string): string {
  const path = join(import.meta.dirname, folder);
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.d)\.[jt]s$/.test(name),
  );
  return sha256(JSON.stringify(names.sort().map((name) => [name, readFileSync(join(path, name), 'utf8')])));
}
