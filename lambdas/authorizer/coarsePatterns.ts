import { mergedList } from './mergedList.ts';
import type { Pattern, PatternIndex } from './patternIndex.ts';
import { type Allowed, purity } from './purity.ts';

/** Patterns of a policy. Deny overrides Allow. */
interface Lists {
  readonly allow: readonly Pattern[];
  readonly deny: readonly Pattern[];
}

/** The characters that the patterns can take together, and those that each one takes. */
export interface CoarseRoom {
  readonly characters: number;
  readonly lengthOf: (pattern: Pattern) => number;
}

/** Parts of the room that allowed patterns can take; denied ones get the rest. */
const SHARES = [1, 0.6, 0.3, 0];

/**
 * Finds patterns for a caller whose operations do not fit a policy. It replaces patterns by wildcards that open few other operations for
 * the characters that they save, and closes by a Deny as many as fit. With several shares of the room for the two, because a list of
 * what is allowed is shorter for some callers, and a list of what is not for others; it returns the best.
 *
 * @param exact patterns that cover every allowed operation
 */
export function coarsePatterns(
  index: PatternIndex,
  allowed: Allowed,
  exact: readonly Pattern[],
  room: CoarseRoom,
): Lists {
  const merge = mergedList(index, allowed, exact, room.lengthOf);
  const close = closedList(index, allowed, room);
  let best: ReturnType<typeof close> | undefined;
  for (const share of SHARES) {
    const merged = merge(share * room.characters);
    if (merged === undefined) continue;
    const found = close(merged);
    if (best === undefined || found.left < best.left) best = found;
  }
  return best ?? { allow: exact, deny: [] };
}

/** Makes the function that denies what a list of allowed patterns opens, as far as it fits. */
function closedList(index: PatternIndex, allowed: Allowed, { characters, lengthOf }: CoarseRoom) {
  const isPure = purity(index, allowed, 0);
  const closers = index.deniable.filter(isPure);
  return (allow: readonly Pattern[]): Lists & { readonly left: number } => {
    const open = openOperations(index, allowed, allow);
    let left = 0;
    for (let i = 0; i < open.length; i += 1) left += open[i] ?? 0;
    let free = characters;
    for (const pattern of allow) free -= lengthOf(pattern);
    const deny: Pattern[] = [];
    const byCount: Pattern[][] = [];
    const addTo = (count: number, pattern: Pattern) => {
      const others = byCount[count];
      if (others === undefined) byCount[count] = [pattern];
      else others.push(pattern);
    };
    for (const pattern of closers) {
      const count = openIn(pattern.covered, open);
      if (count > 0) addTo(count, pattern);
    }
    for (let count = byCount.length - 1; count > 0; count -= 1) {
      for (const pattern of byCount[count] ?? []) {
        const now = openIn(pattern.covered, open);
        // Another one has closed a part of it meanwhile.
        if (now < count && now > 0) addTo(now, pattern);
        if (now < count) continue;
        const length = lengthOf(pattern);
        if (length > free) continue;
        free -= length;
        left -= now;
        deny.push(pattern);
        for (const operation of pattern.covered) open[operation] = 0;
      }
    }
    return { allow, deny, left };
  };
}

function openIn(operations: readonly number[], open: Uint8Array): number {
  let count = 0;
  for (const operation of operations) count += open[operation] ?? 0;
  return count;
}

/** Operations of which a list of patterns allows requests that the caller is not allowed to send. */
export function openOperations(index: PatternIndex, allowed: Allowed, allow: readonly Pattern[]): Uint8Array {
  const open = new Uint8Array(allowed.length);
  const groups = new Set<number>();
  const add = ({ touched, foreign }: Pick<Pattern, 'touched' | 'foreign'>) => {
    for (const operation of touched) if (allowed[operation] === 0) open[operation] = 1;
    // The caller is allowed to use these, but not with the values of others.
    for (const operation of foreign) open[operation] = 1;
  };
  for (const pattern of allow) {
    add(pattern);
    if (pattern.group !== undefined) groups.add(pattern.group);
  }
  for (const number of groups) {
    const group = index.groups[number];
    if (group !== undefined) add(group);
  }
  return open;
}
