import { type Bits, noBits } from './bits.ts';
import { addSet } from './operationSets.ts';
import { NO_GROUP, type PatternIndex, type Reach } from './patternIndex.ts';

/**
 * Makes the function that finds the operations of which a list of patterns allows requests that the caller is not allowed to send. The result
 * is overwritten by the next call.
 */
export function openedBy(index: PatternIndex): (allowed: Bits, allow: readonly number[]) => Bits {
  const open = noBits(index.size);
  const isAdded = new Uint8Array(index.groupCount);
  const add = ({ touched, foreign }: Reach, set: number, allowed: Bits) => {
    addSet(touched, set, open, allowed);
    // The caller is allowed to use these, but not with the values of others.
    addSet(foreign, set, open);
  };
  return (allowed, allow) => {
    open.fill(0);
    isAdded.fill(0);
    for (const pattern of allow) {
      add(index, pattern, allowed);
      const group = index.groupOf[pattern] ?? NO_GROUP;
      if (group === NO_GROUP || isAdded[group] === 1) continue;
      isAdded[group] = 1;
      add(index.groups, group, allowed);
    }
    return open;
  };
}
