import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { version as esbuildVersion } from 'esbuild';
import { attempt, contentHash } from './fileStates.ts';
import type { Keeping } from './keptBuilds.ts';

/**
 * Names the folder in which a synth keeps what it has bundled, so that the next one does not bundle it again. `secure-api dev` sets it.
 * `off`: nothing is kept, and nothing that is kept is used.
 */
export const BUILD_FOLDER = 'SECURE_API_BUILD';

/** The folder of the project of `secure-api dev`, too, so that each uses the bundles of the other. */
const DEFAULT_FOLDER = '.secure-api/build';

/**
 * Where the bundles of a synth are kept: in the folder that `secure-api dev` names, otherwise in that of the CDK app. Undefined where
 * nothing is kept: it is switched off, or the current folder has no CDK app or cannot be written.
 *
 * @param options of esbuild: with others, bundles are others.
 * @example
 * ```ts
 * const keeping = keepingOf({ bundle: true, minify: true });
 * ```
 */
export function keepingOf(options: object, given = process.env[BUILD_FOLDER]): Keeping | undefined {
  if (given === 'off') return undefined;
  const made = contentHash(JSON.stringify([esbuildVersion, options, ownCode(), process.env['NODE_PATH']]));
  if (given !== undefined) return { folder: given, made, needsMaps: true };
  if (!existsSync(resolve('cdk.json'))) return undefined;
  const folder = resolve(DEFAULT_FOLDER);
  return attempt(() => isUsable(folder), false) ? { folder, made, needsMaps: false } : undefined;
}

function isUsable(folder: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ignored = join(folder, '.gitignore');
  if (!existsSync(ignored)) writeFileSync(ignored, '*\n');
  return true;
}

let own: string | undefined;

/** What checks handlers and generates entries: with another version, they are not the same. */
function ownCode(): string {
  own ??= contentHash(
    ['.', '../validators', '../definition/checks']
      .flatMap(filesIn)
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n'),
  );
  return own;
}

function filesIn(folder: string): readonly string[] {
  const path = join(import.meta.dirname, folder);
  return readdirSync(path)
    .filter((name) => /(?<!\.d)\.[jt]s$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
