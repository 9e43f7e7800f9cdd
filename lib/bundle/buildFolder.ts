import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attempt } from './attempt.ts';
import { generator } from './generator.ts';
import type { Keeping } from './keptBuilds.ts';
import { sha256 } from './sha256.ts';

/**
 * Names the folder in which a synth keeps what it has bundled, so that the next one does not bundle it again. `secure-api dev` sets it.
 * `off`: nothing is kept, and nothing that is kept is used. `on`: the default folder, also in CI.
 */
export const BUILD_FOLDER = 'SECURE_API_BUILD';

/** The folder of the project of `secure-api dev`, too, so that each uses the bundles of the other. */
const DEFAULT_FOLDER = '.secure-api/build';
/** Values of the variable `CI` of a machine that is none. */
const NO_CI = ['', '0', 'false'];

/**
 * Where the bundles of a synth are kept: in the folder that `secure-api dev` names, otherwise in that of the CDK app. Undefined where
 * nothing is kept: it is switched off, the variable `CI` says that other branches can share the folder, or the current folder has no
 * CDK app or cannot be written.
 *
 * @param options of esbuild: with others, bundles are others.
 * @example
 * ```ts
 * const keeping = keepingOf({ bundle: true, minify: true });
 * ```
 */
export function keepingOf(options: object, given = process.env[BUILD_FOLDER]): Keeping | undefined {
  if (given === 'off') return undefined;
  return attempt(() => {
    const made = sha256(JSON.stringify([options, generator(), process.env['NODE_PATH']]));
    if (given !== undefined && given !== 'on') return { folder: given, made, needsMaps: true };
    const isUsed = existsSync(resolve('cdk.json')) && (given === 'on' || !isCi());
    return isUsed ? { folder: usable(resolve(DEFAULT_FOLDER)), made, needsMaps: false } : undefined;
  }, undefined);
}

/** A cache of CI can be written by branches that nobody has reviewed. */
function isCi(): boolean {
  return !NO_CI.includes((process.env['CI'] ?? '').toLowerCase());
}

function usable(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ignored = join(folder, '.gitignore');
  if (!existsSync(ignored)) writeFileSync(ignored, '*\n');
  return folder;
}
