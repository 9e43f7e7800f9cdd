import type { AccessPolicy } from '../definition/projected.ts';
import { roleChanges, ruleChanges } from './diffRoles.ts';
import { routeChanges } from './diffRoutes.ts';

/** Whether a change lets somebody do what nobody could before, takes something away, or neither. */
export type Effect = 'widens' | 'narrows' | 'neither';

/** One change, in a sentence for whoever reviews it. */
export interface AccessChange {
  readonly effect: Effect;
  readonly sentence: string;
  /** The route that it is about; absent for roles and rules. */
  readonly route?: string;
  /** Roles that gain or lose by it; absent where it is about everybody. */
  readonly roles?: readonly string[];
}

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
