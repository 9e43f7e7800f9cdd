import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuiltEntries, Entries } from './buildEntries.ts';
import { BUILD_FOLDER } from './buildFolder.ts';
import { sha256 } from './sha256.ts';

/** What a synth has bundled for one API, to bundle it again after a handler has changed. */
export interface Plan extends Entries {
  /** Names the API among those of an app, in every synth in which its entries are the same. */
  readonly id: string;
  /** SHA-256 of the code of each function, by its name. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Files of the project that are in the bundles. */
  readonly files: readonly string[];
}

/** Names the folder in which a synth leaves its plans. */
export const PLANS_FOLDER = 'SECURE_API_PLANS';

/** Leaves a plan for {@link readPlans}, when bundles are kept. */
export function writePlan(entries: Entries, built: BuiltEntries): void {
  const folder = process.env[PLANS_FOLDER];
  if (process.env[BUILD_FOLDER] === undefined || folder === undefined) return;
  const id = sha256(JSON.stringify(entries.entries));
  mkdirSync(folder, { recursive: true });
  const plan = { ...entries, id, ...builtState(built) } satisfies Plan;
  writeFileSync(join(folder, `${id}.json`), JSON.stringify(plan));
}

/** The plans of a synth. */
export function readPlans(folder: string): readonly Plan[] {
  // A stack without a SecureApi has none.
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Plan);
}

/** The part of a plan that a build changes. */
export function builtState({ kept }: BuiltEntries): Pick<Plan, 'hashes' | 'files'> {
  const files = [...kept.values()].flatMap((bundle) => bundle.files).filter((path) => !path.includes('node_modules'));
  return {
    hashes: Object.fromEntries([...kept].map(([name, { sha }]) => [name, sha])),
    files: [...new Set(files)],
  };
}
