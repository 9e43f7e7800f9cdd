import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GROUPS } from '../../bundle/groups.ts';
import { codeFile } from '../../bundle/keptBuilds.ts';
import type { Plan } from '../../bundle/plans.ts';

/** Directories of the assembly's functions by the hash of their code. */
export function codeDirectories(assembly: string): ReadonlyMap<string, string> {
  const directories = readdirSync(assembly)
    .filter((name) => name.startsWith('asset.'))
    .map((name) => join(assembly, name))
    .filter((directory) => existsSync(join(directory, 'index.mjs')));
  return new Map(directories.map((directory) => [hashOf(join(directory, 'index.mjs')), directory]));
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

interface Plans {
  /** Those of the synth that made the assembly. */
  readonly synthesized: readonly Plan[];
  /** The same APIs, with the handlers as they are now. */
  readonly current: readonly Plan[];
  /** Where bundles are kept. */
  readonly builds: string;
}

/** Directories of an assembly whose functions have changed since its synth, with the directories of the new code. */
export function replacedCode(
  directories: ReadonlyMap<string, string>,
  { synthesized, current, builds }: Plans,
): Readonly<Record<string, string>> {
  const replaced = pairs(synthesized, current).flatMap(([before, after]) =>
    changedNames(before, after).flatMap((name) => {
      const directory = directories.get(before.hashes[name] ?? '');
      return directory === undefined ? [] : [[directory, dirname(codeFile(builds, after.hashes[name] ?? ''))] as const];
    }),
  );
  return Object.fromEntries(replaced);
}

/** The functions with other code, as their groups are called. */
export function changedFunctions(before: readonly Plan[], after: readonly Plan[]): readonly string[] {
  const names = pairs(before, after).flatMap(([one, other]) => changedNames(one, other));
  return names.map((name) => (name.startsWith(GROUPS) ? name.slice(GROUPS.length + 1) : name));
}

/** Plans of the same API. */
function pairs(before: readonly Plan[], after: readonly Plan[]): readonly (readonly [Plan, Plan])[] {
  return before.flatMap((plan) => {
    const other = after.find(({ id }) => id === plan.id);
    return other === undefined ? [] : [[plan, other] as const];
  });
}

function changedNames(before: Plan, after: Plan): readonly string[] {
  return Object.keys(after.hashes).filter((name) => after.hashes[name] !== before.hashes[name]);
}
