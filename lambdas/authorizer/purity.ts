import type { Pattern, PatternIndex } from './patternIndex.ts';

/** For each operation, whether the caller is allowed to use it: 1 or 0. */
export type Allowed = Uint8Array;

/** Whether a pattern touches only operations that are allowed (1), or only others (0). */
export function purity({ groups }: PatternIndex, allowed: Allowed, wanted: 0 | 1): (pattern: Pattern) => boolean {
  const isOnly = ({ touched, foreign }: Pick<Pattern, 'touched' | 'foreign'>) => {
    // What others are allowed to use with their values is never the caller's.
    if (wanted === 1 && foreign.length > 0) return false;
    return touchesOnly(touched, allowed, wanted);
  };
  const pureGroups = new Map<number, boolean>();
  const isGroupPure = (number: number) => {
    const known = pureGroups.get(number);
    if (known !== undefined) return known;
    const group = groups[number];
    const found = group === undefined || isOnly(group);
    pureGroups.set(number, found);
    return found;
  };
  return (pattern) => isOnly(pattern) && (pattern.group === undefined || isGroupPure(pattern.group));
}

/** Whether operations are all allowed (1), or none of them (0). */
export function touchesOnly(operations: readonly number[], allowed: Allowed, wanted: 0 | 1): boolean {
  for (const operation of operations) if (allowed[operation] !== wanted) return false;
  return true;
}
