import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeFile } from '../../bundle/keptBuilds.ts';
import type { Plan } from '../../bundle/rebuild.ts';

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

/** What to load instead of directories of the assembly, because handlers have changed since its synth. */
export function codeInstead(
  directories: ReadonlyMap<string, string>,
  {
    synthesized,
    now,
    builds,
  }: { readonly synthesized: readonly Plan[]; readonly now: readonly Plan[]; readonly builds: string },
): Readonly<Record<string, string>> {
  const replaced = synthesized.flatMap((plan, i) =>
    Object.entries(plan.hashes).flatMap(([name, hash]) => {
      const other = now[i]?.hashes[name];
      const directory = directories.get(hash);
      if (other === undefined || other === hash || directory === undefined) return [];
      return [[directory, dirname(codeFile(builds, other))] as const];
    }),
  );
  return Object.fromEntries(replaced);
}

/** The functions that a plan bundles otherwise than before, as their groups are called. */
export function changedFunctions(before: Plan, after: Plan): readonly string[] {
  const changed = Object.keys(after.hashes).filter((name) => after.hashes[name] !== before.hashes[name]);
  return changed.map((name) => name.replace(/^groups[/\\]/, ''));
}
