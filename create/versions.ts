import { existsSync, readFileSync } from 'node:fs';

/** What a project gets. */
export interface Versions {
  /** The exact version of each package. */
  readonly packages: Readonly<Record<string, string>>;
  /** The versions of the CDK that the package works with. */
  readonly peers: Readonly<Record<string, string>>;
  /** Packages that are allowed to run install scripts. */
  readonly scripts: readonly string[];
}

const CDK = ['aws-cdk-lib', 'constructs'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

/** secure-api runs on this version of Node.js and on later ones (docs/compatibility.md). */
export const NODE_NEEDED = '24.5';

/** Whether a version of Node.js, such as `24.4.1`, is older than the package needs. */
export function isOldNode(version: string): boolean {
  return version.localeCompare(NODE_NEEDED, 'en', { numeric: true }) < 0;
}

/** Beside compiled code there is a file, which the build writes from the manifest of the checkout. */
export function readVersions(): Versions {
  const built = new URL('versions.json', import.meta.url);
  return existsSync(built) ? (JSON.parse(readFileSync(built, 'utf8')) as Versions) : versionsOfCheckout();
}

/** The versions that this repository is tested with. All its packages have one version. */
export function versionsOfCheckout(): Versions {
  const file = new URL('../package.json', import.meta.url);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const { version, dependencies, devDependencies, peerDependencies, allowScripts } = manifest;
  return {
    packages: { ...devDependencies, ...dependencies, 'secure-api': version, 'secure-api-local': version },
    peers: Object.fromEntries(
      CDK.map((name) => [name, peerDependencies[name] ?? '']).filter(([, range]) => range !== ''),
    ),
    scripts: Object.keys(allowScripts).filter((name) => allowScripts[name]),
  };
}
