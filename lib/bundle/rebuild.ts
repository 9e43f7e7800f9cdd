import { existsSync } from 'node:fs';
import { ConfigError } from '../definition/errors.ts';
import { buildEntries } from './buildEntries.ts';
import { requireHandlers } from './handlerFiles.ts';
import { codeFile } from './keptBuilds.ts';
import { builtState, type Plan } from './plans.ts';

/**
 * Bundles the functions of a plan again.
 *
 * @returns the plan with the new hashes, by which the code is kept.
 * @throws {ConfigError} as `buildEntries`; `file-unreadable` when new code cannot be written to the folder, from which it is served.
 */
export function rebuild(plan: Plan, folder: string): Plan {
  requireHandlers(plan.handlers, plan.handlersDirectory);
  const built = buildEntries(plan, { folder });
  try {
    const state = builtState(built);
    for (const [name, hash] of Object.entries(state.hashes)) {
      if (hash !== plan.hashes[name] && !existsSync(codeFile(folder, hash))) throw unwritable(name, folder);
    }
    return { ...plan, ...state };
  } finally {
    built.remove();
  }
}

function unwritable(name: string, folder: string): ConfigError {
  return new ConfigError({
    code: 'file-unreadable',
    location: folder,
    found: `the code of ${name} could not be written`,
    expected: 'a directory that can be written, on a disk with space',
    fix: 'Free space, or make the directory writable.',
  });
}
