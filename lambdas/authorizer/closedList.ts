import { type Bits, bitCount, hasBit, noBits } from './bits.ts';
import { countedLists, NONE } from './countedLists.ts';
import { type Lengths, lengthOf } from './mergedList.ts';
import { openedBy } from './openOperations.ts';
import { isWithin, removeSet, sizeIn } from './operationSets.ts';
import type { PatternIndex } from './patternIndex.ts';
import { pureWildcards, type Sides } from './purity.ts';
import { hasOwnValues } from './resourcePattern.ts';

/** The characters that the patterns can take together, and those that each one takes. */
export interface CoarseRoom extends Lengths {
  readonly characters: number;
}

/** What a list of allowed patterns opens, and which denied ones close of it. Deny overrides Allow. */
export interface Closed {
  readonly allow: readonly number[];
  readonly deny: readonly number[];
  /** Operations that the allowed patterns open. */
  readonly opened: number;
  /** Operations that stay open. */
  readonly left: number;
}

/**
 * Makes the function that begins with a caller. What it returns denies what a list of allowed patterns opens, as far as it fits: first those
 * that close most. It returns undefined where not fewer than `below` operations stay open. All use the same memory, so nothing waits in between.
 *
 * With what it returned for everything, it does not close the same operations again where that cannot be better.
 */
export function closedLists(index: PatternIndex) {
  const { covered, touched, others, patterns } = index;
  const openOperations = openedBy(index);
  const wildcardsWithin = pureWildcards(index);
  /** Patterns by how many operations they close. */
  const lists = countedLists(index.size + 1, patterns.length);
  const isSameForAll = Uint8Array.from(patterns, (pattern) => (hasOwnValues(pattern) ? 0 : 1));
  const shortestOther = Math.min(...Array.from(others, (pattern) => patterns[pattern]?.length ?? 0));
  const closedFirst = aloneFirst(index);
  const every = noBits(index.size).fill(-1);
  const othersOfSeveral = others.filter((pattern) => sizeIn(covered, pattern, every) > 1);
  let lengths: Uint32Array = noBits(0);
  let ofResource = 0;
  let open = noBits(0);
  let left = 0;
  let free = 0;
  let deny: number[] = [];
  const lengthOfOne = (pattern: number) => ofResource + (lengths[pattern] ?? 0);
  const add = (pattern: number, count: number) => {
    const length = lengthOfOne(pattern);
    if (length > free) return;
    free -= length;
    left -= count;
    deny.push(pattern);
    removeSet(covered, pattern, open);
  };
  const closeSeveral = (several: readonly number[], least: number) => {
    lists.clear();
    let most = 0;
    for (const pattern of several) {
      const count = sizeIn(covered, pattern, open);
      if (count > 0) lists.append(count, pattern);
      if (count > most) most = count;
    }
    for (let count = most; count > 0 && free >= least; count -= 1) {
      let pattern = lists.first(count);
      while (pattern !== NONE && free >= least) {
        const next = lists.next(pattern);
        const now = sizeIn(covered, pattern, open);
        // Another one has closed a part of it meanwhile.
        if (now < count && now > 0) lists.append(now, pattern);
        if (now === count) add(pattern, count);
        pattern = next;
      }
    }
  };
  /** Patterns that a Deny can have, because they touch nothing that is allowed. */
  const deniable = (denied: Bits): readonly number[] => {
    const several: number[] = [];
    for (const pattern of wildcardsWithin(denied, denied)) if (isSameForAll[pattern] === 1) several.push(pattern);
    for (const pattern of othersOfSeveral) if (isWithin(touched, pattern, denied)) several.push(pattern);
    return several;
  };
  /** The room that is left before the first pattern of a list that does not fit; undefined where all fit. */
  const roomLeft = (list: readonly number[]) => {
    let rest = free;
    for (const pattern of list) {
      if (lengthOfOne(pattern) > rest) return rest;
      rest -= lengthOfOne(pattern);
    }
    return undefined;
  };
  return ({ allowed, denied }: Sides, room: CoarseRoom) => {
    ({ lengths, ofResource } = room);
    const several = deniable(denied);
    let least = ofResource + shortestOther;
    for (const pattern of several) least = Math.min(least, lengthOfOne(pattern));
    function close(allow: readonly number[]): Closed;
    function close(allow: readonly number[], below: number, everything: Closed): Closed | undefined;
    function close(allow: readonly number[], below = Number.POSITIVE_INFINITY, everything?: Closed) {
      open = openOperations(allowed, allow);
      const opened = bitCount(open);
      free = room.characters - lengthOf(allow, room);
      if (opened === everything?.opened) {
        // What everything is denied is denied here, too, as far as it fits: everything is the shortest list.
        const rest = roomLeft(everything.deny);
        if (rest === undefined) return everything.left < below ? { ...everything, allow } : undefined;
        if (rest < least) return undefined;
      }
      left = opened;
      deny = [];
      if (free >= least) closeSeveral(several, least);
      // Each of the rest closes one.
      if (left - Math.max(0, Math.floor(free / least)) >= below) return undefined;
      for (const operation of closedFirst) {
        if (free < least) break;
        const pattern = others[operation] ?? 0;
        if (hasBit(open, operation) && isWithin(touched, pattern, denied)) add(pattern, 1);
      }
      return left < below ? { allow, deny, opened, left } : undefined;
    }
    return close;
  };
}

/** Operations: first those of routes that have no other one, because one Deny closes such a route. */
function aloneFirst({ routes, routeCount }: PatternIndex): readonly number[] {
  const counts = new Uint8Array(routeCount);
  for (const route of routes) counts[route] = (counts[route] ?? 0) + 1;
  const isAlone = (operation: number) => counts[routes[operation] ?? 0] === 1;
  const operations = [...routes.keys()];
  return [...operations.filter(isAlone), ...operations.filter((operation) => !isAlone(operation))];
}
