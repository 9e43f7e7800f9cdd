import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltEntries, buildEntries, type Entries } from './buildEntries.ts';
import { requireHandlers } from './handlerFiles.ts';
import { BUILD_FOLDER, contentHash, keptBuilds } from './keptBuilds.ts';

/** What a synth has bundled for one API, to bundle it again after a handler has changed. */
export interface Plan extends Entries {
  /** SHA-256 of the code of each function, by its name. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Files of the project that are in the bundles. */
  readonly files: readonly string[];
}

/** Files of plans in the folder of the builds. */
const PLANS = 'plans';

/** Leaves a plan for {@link readPlans}, where builds are kept. */
export function writePlan(entries: Entries, built: BuiltEntries): void {
  const folder = process.env[BUILD_FOLDER];
  if (folder === undefined) return;
  const plan = JSON.stringify({ ...entries, ...stateOf(entries, built, folder) } satisfies Plan);
  mkdirSync(join(folder, PLANS), { recursive: true });
  writeFileSync(join(folder, PLANS, `${contentHash(plan)}.json`), plan);
}

/** The plans of the last synth. */
export function readPlans(folder: string): readonly Plan[] {
  const plans = join(folder, PLANS);
  // A stack without a SecureApi has none.
  if (!existsSync(plans)) return [];
  return readdirSync(plans).map((name) => JSON.parse(readFileSync(join(plans, name), 'utf8')) as Plan);
}

/**
 * Bundles the functions of a plan again.
 *
 * @returns the plan with the new hashes, by which the code is kept.
 * @throws {ConfigError} as `buildEntries`.
 */
export function rebuild(plan: Plan, folder: string): Plan {
  requireHandlers(plan.handlers, plan.handlersDirectory);
  const built = buildEntries(plan, folder);
  try {
    return { ...plan, ...stateOf(plan, built, folder) };
  } finally {
    built.remove();
  }
}

function stateOf({ entries }: Entries, { root }: BuiltEntries, folder: string): Pick<Plan, 'hashes' | 'files'> {
  const builds = keptBuilds(folder, root);
  const described = Object.keys(entries).flatMap((name) => {
    const build = builds.describe(name);
    return build === undefined ? [] : [[name, build] as const];
  });
  const files = described.flatMap(([, build]) => build.files).filter((path) => !path.includes('node_modules'));
  return { hashes: Object.fromEntries(described.map(([name, { sha }]) => [name, sha])), files: [...new Set(files)] };
}
