import { type Bits, noBits } from './bits.ts';
import { addSet } from './operationSets.ts';
import { NO_GROUP, type PatternIndex, type Reach } from './patternIndex.ts';

/** Operations of which a list of patterns allows requests that the caller is not allowed to send. */
export function openOperations(index: PatternIndex, allowed: Bits, allow: readonly number[]): Bits {
  const open = noBits(index.size);
  const groups = new Set<number>();
  const add = ({ touched, foreign }: Reach, set: number) => {
    addSet(touched, set, open, allowed);
    // The caller is allowed to use these, but not with the values of others.
    addSet(foreign, set, open);
  };
  for (const pattern of allow) {
    add(index, pattern);
    const group = index.groupOf[pattern] ?? NO_GROUP;
    if (group !== NO_GROUP) groups.add(group);
  }
  for (const group of groups) add(index.groups, group);
  return open;
}
