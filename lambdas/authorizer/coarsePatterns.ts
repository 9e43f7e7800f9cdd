import { type Closed, type CoarseRoom, closedLists } from './closedList.ts';
import { EVERYTHING, mergedLists } from './mergedList.ts';
import type { PatternIndex } from './patternIndex.ts';
import type { Sides } from './purity.ts';

/** Parts of the room that allowed patterns can take; denied ones get the rest. */
const SHARES = [1, 0.6, 0.3];

/**
 * Makes the function that finds patterns for a caller whose operations do not fit a policy. Where few operations are not allowed, it allows
 * everything but those. Otherwise it replaces patterns by wildcards that open few other operations for the characters that they save, and
 * closes by a Deny as many as fit. With several shares of the room for the two, because a list of what is allowed is shorter for some callers,
 * and a list of what is not for others; it returns the best.
 *
 * Its `exact` are patterns that cover every allowed operation.
 */
export function coarsePatterns(index: PatternIndex) {
  const mergedList = mergedLists(index);
  const closedList = closedLists(index);
  return (sides: Sides, exact: readonly number[], room: CoarseRoom): Pick<Closed, 'allow' | 'deny'> => {
    if (index.wildcardCount === 0) return { allow: exact, deny: [] };
    const close = closedList(sides, room);
    const everything = close([EVERYTHING]);
    if (everything.left === 0) return everything;
    let best = everything;
    // Of two that are as good, the one that is not everything.
    let below = everything.left + 1;
    const merge = mergedList(sides, exact, room);
    for (const share of SHARES) {
      const merged = merge(share * room.characters);
      // What became everything is known.
      if (merged === undefined || (merged.length === 1 && merged[0] === EVERYTHING)) continue;
      const found = close(merged, below, everything);
      if (found === undefined) continue;
      best = found;
      below = found.left;
      if (below === 0) break;
    }
    return best;
  };
}
