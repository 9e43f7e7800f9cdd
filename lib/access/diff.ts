import type { AccessPolicy } from '../definition/projected.ts';
import type { AccessChange } from './accessChange.ts';
import { roleChanges, ruleChanges } from './diffRoles.ts';
import { routeChanges } from './diffRoutes.ts';

/** What a change of the definition grants and takes away. */
export interface AccessDiff {
  /** Whether some caller may use a route, or has a permission, that was refused before. */
  readonly widens: boolean;
  readonly changes: readonly AccessChange[];
}

/**
 * Compares two access policies: permissions of roles, exclusions, the default role, scopes, and for each method and path
 * who may call it. It is cautious: where a rule is replaced by another one by which somebody could gain, it says so.
 */
export function diffAccess(before: AccessPolicy, after: AccessPolicy): AccessDiff {
  const changes = [...roleChanges(before, after), ...ruleChanges(before, after), ...routeChanges(before, after)];
  return { widens: changes.some(({ effect }) => effect === 'widens'), changes };
}
