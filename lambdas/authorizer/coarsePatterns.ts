import { bitCount, hasBit } from './bits.ts';
import { addAt, EVERYTHING, type Lengths, mergedLists } from './mergedList.ts';
import { openOperations } from './openOperations.ts';
import { isWithin, removeSet, sizeIn } from './operationSets.ts';
import type { PatternIndex } from './patternIndex.ts';
import { type Sides, wildcardsWithin } from './purity.ts';

/** Patterns of a policy. Deny overrides Allow. */
interface Lists {
  readonly allow: readonly number[];
  readonly deny: readonly number[];
}

/** The characters that the patterns can take together, and those that each one takes. */
export interface CoarseRoom extends Lengths {
  readonly characters: number;
}

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
  return (sides: Sides, exact: readonly number[], room: CoarseRoom): Lists => {
    if (index.wildcardCount === 0) return { allow: exact, deny: [] };
    const close = closedList(index, sides, room);
    const everything = close([EVERYTHING]);
    if (everything.left === 0) return everything;
    const merge = mergedList(sides, exact, room);
    let best: ReturnType<typeof close> | undefined;
    for (const share of SHARES) {
      const merged = merge(share * room.characters);
      if (merged === undefined) continue;
      const found = close(merged);
      if (best === undefined || found.left < best.left) best = found;
      if (best.left === 0) break;
    }
    return best === undefined || everything.left < best.left ? everything : best;
  };
}

/** Makes the function that denies what a list of allowed patterns opens, as far as it fits: first those that close most. */
function closedList(index: PatternIndex, { allowed, denied }: Sides, { characters, lengths, ofResource }: CoarseRoom) {
  const { covered, touched, others, shortest, closedFirst } = index;
  const several = [
    ...wildcardsWithin(index, denied, denied).filter((pattern) => index.patterns[pattern]?.text !== undefined),
    ...index.othersOfSeveral.filter((pattern) => isWithin(touched, pattern, denied)),
  ];
  const least = ofResource + shortest;
  return (allow: readonly number[]): Lists & { readonly left: number } => {
    const open = openOperations(index, allowed, allow);
    let left = bitCount(open);
    let free = characters;
    for (const pattern of allow) free -= ofResource + (lengths[pattern] ?? 0);
    const deny: number[] = [];
    const add = (pattern: number, count: number) => {
      const length = ofResource + (lengths[pattern] ?? 0);
      if (length > free) return;
      free -= length;
      left -= count;
      deny.push(pattern);
      removeSet(covered, pattern, open);
    };
    if (free < least) return { allow, deny, left };
    const byCount: number[][] = [];
    for (const pattern of several) {
      const count = sizeIn(covered, pattern, open);
      if (count > 0) addAt(byCount, count, pattern);
    }
    for (let count = byCount.length - 1; count > 0 && free >= least; count -= 1) {
      for (const pattern of byCount[count] ?? []) {
        const now = sizeIn(covered, pattern, open);
        // Another one has closed a part of it meanwhile.
        if (now < count && now > 0) addAt(byCount, now, pattern);
        if (now === count) add(pattern, count);
      }
    }
    for (const operation of closedFirst) {
      if (free < least) break;
      if (!hasBit(open, operation)) continue;
      const pattern = others[operation] ?? 0;
      if (isWithin(touched, pattern, denied)) add(pattern, sizeIn(covered, pattern, open));
    }
    return { allow, deny, left };
  };
}
