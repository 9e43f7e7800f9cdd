import type { AccessPolicy } from '../definition/bundledTypes.ts';
import type { AccessChange } from './accessChange.ts';
import { claimChanges } from './diffClaims.ts';
import { roleChanges, ruleChanges } from './diffRoles.ts';
import { routeChanges } from './diffRoutes.ts';
import { webhookChanges } from './diffWebhooks.ts';

/** What a change of the definition grants and removes. */
export interface AccessDiff {
  /** Whether some caller is allowed to use a route, or has a permission, that was denied before. */
  readonly widens: boolean;
  readonly changes: readonly AccessChange[];
}

/**
 * Compares two access policies: permissions of roles, exclusions, the default role, scopes, claims, for each method and path
 * who is allowed to call it, and how senders of webhooks sign. It is cautious: it counts a replaced rule as widening where somebody could gain by the new one.
 */
export function diffAccess(before: AccessPolicy, after: AccessPolicy): AccessDiff {
  const compare = [roleChanges, ruleChanges, claimChanges, routeChanges, webhookChanges];
  const changes = compare.flatMap((one) => one(before, after));
  return { widens: changes.some(({ effect }) => effect === 'widens'), changes };
}
