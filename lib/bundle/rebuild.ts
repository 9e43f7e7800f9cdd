import { buildEntries } from './buildEntries.ts';
import { requireHandlers } from './handlerFiles.ts';
import { builtState, type Plan } from './plans.ts';

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
    return { ...plan, ...builtState(built) };
  } finally {
    built.remove();
  }
}
