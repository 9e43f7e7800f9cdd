import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { ConfigError } from '../definition/errors.ts';
import { shownFirst, sourceName } from './selfContained.ts';

/** What builds a stack. In a function it would be megabytes of code that cannot run there. */
const PACKAGES = ['aws-cdk-lib', 'constructs', 'cdk-nag', 'cdk-monitoring-constructs'];
/** The files that make up the entry of this package: a definition imports one of them. */
const ENTRIES = ['index', 'construct/index', 'definition/index'].map(ownFile);
/** Folder of the bundles, below that of the build. */
export const OUTPUT = 'out';

/** What esbuild leaves out of the bundles, so that reading it takes no time before {@link checkCdkImports} rejects it. */
export const NOT_BUNDLED: readonly string[] = [...PACKAGES, ...ENTRIES];

type Inputs = Metafile['inputs'];

/**
 * Rejects handlers that import code for the stack, directly or through other files, such as the definition as a value.
 *
 * @param handlers handler files by route.
 * @throws {ConfigError} `handler-imports-cdk` with the imports from each handler to that code.
 */
export function checkCdkImports(
  { inputs, outputs }: Metafile,
  root: string,
  handlers: Readonly<Record<string, string>>,
): void {
  // What nothing uses is in no output.
  const isBundled = Object.values(outputs).some(({ imports }) => imports.some(({ path }) => isOfStack(root, path)));
  if (!isBundled) return;
  const paths = Object.fromEntries(Object.keys(inputs).map((path) => [resolve(root, path), path]));
  const chains = Object.values(handlers).flatMap((file) => {
    const start = paths[file];
    const chain = start === undefined ? undefined : chainToStack(inputs, root, start);
    return chain === undefined ? [] : [chain.join(' → ')];
  });
  throw importsCdk(chains);
}

/** The shortest way from a file to code for the stack; its last item is the package. */
function chainToStack(inputs: Inputs, root: string, start: string): readonly string[] | undefined {
  const seen = new Set([start]);
  let chains: readonly (readonly string[])[] = [[start]];
  while (chains.length > 0) {
    const next: (readonly string[])[] = [];
    for (const chain of chains) {
      for (const { path } of inputs[chain.at(-1) ?? '']?.imports ?? []) {
        if (isOfStack(root, path)) return [...chain.map((file) => sourceName(root, file)), nameOf(path)];
        if (!seen.has(path)) next.push([...chain, path]);
        seen.add(path);
      }
    }
    chains = next;
  }
  return undefined;
}

function isOfStack(root: string, path: string): boolean {
  // esbuild names a file that it leaves out relative to the bundles.
  return isPackage(path) || ENTRIES.includes(resolve(root, OUTPUT, path));
}

function isPackage(path: string): boolean {
  return PACKAGES.some((name) => path === name || path.startsWith(`${name}/`));
}

function nameOf(path: string): string {
  return isPackage(path) ? path : 'secure-api';
}

function ownFile(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return resolve(dirname(fileURLToPath(import.meta.url)), '..', `${name}${extension}`);
}

function importsCdk(chains: readonly string[]): ConfigError {
  return new ConfigError({
    code: 'handler-imports-cdk',
    location: 'handlers',
    found: shownFirst(chains),
    expected: 'handlers that import no code of the stack: neither secure-api itself, nor the CDK',
    fix:
      'Write "import type { … }" for the definition; "import { type … }" can still load its file. Move a value that a ' +
      'handler needs, such as a constant, to a file without these imports. Handlers import secure-api/runtime.',
  });
}
