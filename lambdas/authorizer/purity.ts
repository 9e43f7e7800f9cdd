import type { Bits } from './bits.ts';
import { isWithin } from './operationSets.ts';
import { NO_GROUP, type PatternIndex, type Reach } from './patternIndex.ts';

/** The operations that a caller is allowed to use, and all others. */
export interface Sides {
  readonly allowed: Bits;
  readonly denied: Bits;
}

/**
 * Lists the wildcards that match only requests of certain operations. Of those that compare claims, they match requests with the values of
 * others only where these are in `foreign`.
 */
export function wildcardsWithin(index: PatternIndex, operations: Bits, foreign: Bits): readonly number[] {
  const { groupOf, groups, groupCount, wildcardCount } = index;
  const isPure = (reach: Reach, set: number) =>
    isWithin(reach.touched, set, operations) && isWithin(reach.foreign, set, foreign);
  const impureGroups = new Set<number>();
  for (let group = 0; group < groupCount; group += 1) if (!isPure(groups, group)) impureGroups.add(group);
  const found: number[] = [];
  for (let pattern = 0; pattern < wildcardCount; pattern += 1) {
    if (isPure(index, pattern) && !impureGroups.has(groupOf[pattern] ?? NO_GROUP)) found.push(pattern);
  }
  return found;
}
