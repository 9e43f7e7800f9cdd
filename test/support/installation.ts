import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package in the lock file that npm keeps in `node_modules`. */
interface Installed {
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A file takes whole blocks of the disk. */
const BLOCK_BYTES = 4096;

function installed(project: string): Readonly<Record<string, Installed>> {
  const lock = readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8');
  return (JSON.parse(lock) as { readonly packages: Readonly<Record<string, Installed>> }).packages;
}

/** The folders of the packages that run a script when they are installed. */
export function installScripts(project: string): readonly string[] {
  return Object.entries(installed(project)).flatMap(([folder, { hasInstallScript }]) =>
    hasInstallScript === true ? [folder] : [],
  );
}

/** The folders of packages and of all that they need, without peers: those are the project's own. */
export function closureOf(project: string, names: readonly string[]): readonly string[] {
  const packages = installed(project);
  const found = new Set<string>();
  const add = (name: string, from: string) => {
    const folder = resolved(name, from, packages);
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const { dependencies, optionalDependencies } = packages[folder] ?? {};
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed, folder);
  };
  for (const name of names) add(name, '');
  return [...found];
}

/** Where Node finds a package that another one imports: in the nearest `node_modules` above it. */
function resolved(name: string, from: string, packages: Readonly<Record<string, Installed>>): string | undefined {
  const folder = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (folder in packages) return folder;
  if (from === '') return undefined;
  return resolved(name, from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0)), packages);
}

/** What folders take on the disk in megabytes, without the packages in them. A file with two names counts once. */
export function megabytesOf(project: string, folders: readonly string[]): number {
  const seen = new Set<number>();
  const bytesOf = (folder: string): number =>
    readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + BLOCK_BYTES + bytesOf(path);
      const { ino, size } = lstatSync(path);
      if (seen.has(ino)) return sum;
      seen.add(ino);
      return sum + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    }, 0);
  return folders.reduce((sum, folder) => sum + bytesOf(join(project, folder)), 0) / 1e6;
}
