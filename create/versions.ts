import { existsSync, readFileSync } from 'node:fs';

/** What a project gets: the exact version of each package, and the packages that are allowed to run install scripts. */
export interface Versions {
  readonly packages: Readonly<Record<string, string>>;
  readonly scripts: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

/** Beside compiled code there is a file, which the build writes from the manifest of the checkout. */
export function readVersions(): Versions {
  const built = new URL('versions.json', import.meta.url);
  return existsSync(built) ? (JSON.parse(readFileSync(built, 'utf8')) as Versions) : versionsOfCheckout();
}

/** The versions that this repository is tested with. All its packages have one version. */
export function versionsOfCheckout(): Versions {
  const file = new URL('../package.json', import.meta.url);
  const { version, dependencies, devDependencies, allowScripts } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  return {
    packages: { ...devDependencies, ...dependencies, 'secure-api': version, 'secure-api-local': version },
    scripts: Object.keys(allowScripts).filter((name) => allowScripts[name]),
  };
}
