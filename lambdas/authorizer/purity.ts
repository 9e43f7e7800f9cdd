import type { Bits } from './bits.ts';
import { isWithin } from './operationSets.ts';
import { NO_GROUP, type PatternIndex } from './patternIndex.ts';

/** The operations that a caller is allowed to use, and all others. */
export interface Sides {
  readonly allowed: Bits;
  readonly denied: Bits;
}

/**
 * Makes the function that lists the wildcards that match only requests of certain operations. Of those that compare claims, they match requests
 * with the values of others only where these are in `foreign`. The result is overwritten by the next call.
 */
export function pureWildcards(index: PatternIndex): (operations: Bits, foreign: Bits) => Uint32Array {
  const { touched, groupOf, groups, groupCount, wildcardCount, hasForeign } = index;
  const isImpure = new Uint8Array(groupCount);
  const found = new Uint32Array(wildcardCount);
  return (operations, foreign) => {
    for (let group = 0; group < groupCount; group += 1) {
      const isPure = isWithin(groups.touched, group, operations) && isWithin(groups.foreign, group, foreign);
      isImpure[group] = isPure ? 0 : 1;
    }
    let count = 0;
    for (let pattern = 0; pattern < wildcardCount; pattern += 1) {
      if (!isWithin(touched, pattern, operations)) continue;
      if (hasForeign && !isWithin(index.foreign, pattern, foreign)) continue;
      const group = groupOf[pattern] ?? NO_GROUP;
      if (group !== NO_GROUP && isImpure[group] === 1) continue;
      found[count] = pattern;
      count += 1;
    }
    return found.subarray(0, count);
  };
}
