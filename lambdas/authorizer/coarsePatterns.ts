import { type Bits, bitCount, hasBit, noBits } from './bits.ts';
import { countedLists, NONE } from './countedLists.ts';
import { EVERYTHING, type Lengths, mergedLists } from './mergedList.ts';
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
  const closedList = closedLists(index);
  return (sides: Sides, exact: readonly number[], room: CoarseRoom): Lists => {
    if (index.wildcardCount === 0) return { allow: exact, deny: [] };
    const close = closedList(sides, room);
    const everything = close([EVERYTHING]);
    if (everything.left === 0) return everything;
    const merge = mergedList(sides, exact, room);
    let best: Closed | undefined;
    for (const share of SHARES) {
      const merged = merge(share * room.characters);
      // What became everything is known.
      if (merged === undefined || (merged.length === 1 && merged[0] === EVERYTHING)) continue;
      const found = close(merged);
      if (best === undefined || found.left < best.left) best = found;
      if (best.left === 0) break;
    }
    return best === undefined || everything.left < best.left ? everything : best;
  };
}

/** What a list of allowed patterns opens, and which denied ones close of it. */
interface Closed extends Lists {
  /** Operations that stay open. */
  readonly left: number;
}

/**
 * Makes the function that begins with a caller. What it returns denies what a list of allowed patterns opens, as far as it fits: first those
 * that close most. All use the same memory, so nothing waits in between.
 */
function closedLists(index: PatternIndex) {
  const { covered, touched, others, shortest, closedFirst, patterns } = index;
  /** Patterns by how many operations they close. */
  const lists = countedLists(index.size + 1, patterns.length);
  let open: Bits = noBits(0);
  let left = 0;
  let free = 0;
  let deny: number[] = [];
  const add = (pattern: number, length: number, count: number) => {
    if (length > free) return;
    free -= length;
    left -= count;
    deny.push(pattern);
    removeSet(covered, pattern, open);
  };
  return ({ allowed, denied }: Sides, { characters, lengths, ofResource }: CoarseRoom) => {
    const several: number[] = [];
    for (const pattern of wildcardsWithin(index, denied, denied))
      if (patterns[pattern]?.text !== undefined) several.push(pattern);
    for (const pattern of index.othersOfSeveral) if (isWithin(touched, pattern, denied)) several.push(pattern);
    const least = ofResource + shortest;
    return (allow: readonly number[]): Closed => {
      open = openOperations(index, allowed, allow);
      left = bitCount(open);
      free = characters;
      deny = [];
      for (const pattern of allow) free -= ofResource + (lengths[pattern] ?? 0);
      if (free < least) return { allow, deny, left };
      lists.clear();
      let most = 0;
      for (const pattern of several) {
        const count = sizeIn(covered, pattern, open);
        if (count === 0) continue;
        lists.append(count, pattern);
        if (count > most) most = count;
      }
      for (let count = most; count > 0 && free >= least; count -= 1) {
        let pattern = lists.first(count);
        while (pattern !== NONE && free >= least) {
          const next = lists.next(pattern);
          const now = sizeIn(covered, pattern, open);
          // Another one has closed a part of it meanwhile.
          if (now < count && now > 0) lists.append(now, pattern);
          if (now === count) add(pattern, ofResource + (lengths[pattern] ?? 0), count);
          pattern = next;
        }
      }
      for (const operation of closedFirst) {
        if (free < least) break;
        if (!hasBit(open, operation)) continue;
        const pattern = others[operation] ?? 0;
        if (isWithin(touched, pattern, denied))
          add(pattern, ofResource + (lengths[pattern] ?? 0), sizeIn(covered, pattern, open));
      }
      return { allow, deny, left };
    };
  };
}
