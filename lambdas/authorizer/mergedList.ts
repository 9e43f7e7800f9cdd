import type { Pattern, PatternIndex } from './patternIndex.ts';
import type { Allowed } from './purity.ts';

/** Steps in which ratios are compared. */
const STEPS = 256;
/** Characters for each operation that a pattern opens, below which all ratios are equally bad. */
const WORST = 4;

/**
 * Makes the function that shortens the list of allowed patterns until it has at most so many characters, continuing from the last call:
 * wildcards replace patterns, those first that open the fewest operations for the characters that they save. A list that cannot be as short
 * becomes everything.
 *
 * @returns undefined where the list of the last call is as short already.
 */
export function mergedList(
  index: PatternIndex,
  allowed: Allowed,
  exact: readonly Pattern[],
  lengthOf: (pattern: Pattern) => number,
): (most: number) => readonly Pattern[] | undefined {
  // An entry is a pattern of the list. It stands for the operations of which it is the entry.
  const patterns: Pattern[] = [];
  const lengths: number[] = [];
  const counts: number[] = [];
  const entryOf = new Int32Array(allowed.length).fill(-1);
  let total = 0;
  const replaceBy = (pattern: Pattern) => {
    const entry = patterns.push(pattern) - 1;
    const length = lengthOf(pattern);
    let count = 0;
    for (const operation of pattern.covered) {
      if (allowed[operation] === 0) continue;
      const before = entryOf[operation] ?? -1;
      if (before >= 0) {
        const left = (counts[before] ?? 0) - 1;
        counts[before] = left;
        if (left === 0) total -= lengths[before] ?? 0;
      }
      entryOf[operation] = entry;
      count += 1;
    }
    lengths.push(length);
    counts.push(count);
    total += length;
  };
  for (const pattern of exact) replaceBy(pattern);

  const saved = (pattern: Pattern) => {
    let characters = -lengthOf(pattern);
    for (const operation of pattern.covered) {
      const entry = entryOf[operation] ?? -1;
      if (entry >= 0) characters += (lengths[entry] ?? 0) / (counts[entry] ?? 1);
    }
    return characters;
  };
  const [everything, ...wildcards] = index.wildcards;
  const candidates = byRatio(wildcards, saved, openedBy(index, allowed));
  let next = 0;
  let isFirst = true;
  return (most) => {
    if (total <= most && !isFirst) return undefined;
    isFirst = false;
    for (; total > most && next < candidates.length; next += 1) {
      const pattern = candidates[next];
      if (pattern !== undefined && saved(pattern) > 0) replaceBy(pattern);
    }
    if (total > most && everything !== undefined) replaceBy(everything);
    return patterns.filter((_, entry) => (counts[entry] ?? 0) > 0);
  };
}

/** Wildcards that save characters, by what they open for them, the best first. */
function byRatio(
  wildcards: readonly Pattern[],
  saved: (pattern: Pattern) => number,
  opened: (pattern: Pattern) => number,
): readonly Pattern[] {
  const steps: Pattern[][] = [];
  for (let step = 0; step < STEPS; step += 1) steps.push([]);
  for (const pattern of wildcards) {
    const characters = saved(pattern);
    if (characters <= 0) continue;
    const ratio = (WORST * opened(pattern)) / characters;
    steps[Math.min(STEPS - 1, Math.floor(ratio * STEPS))]?.push(pattern);
  }
  return steps.flat();
}

/** Counts what a pattern opens. */
function openedBy({ groups }: PatternIndex, allowed: Allowed): (pattern: Pattern) => number {
  const count = ({ touched, foreign }: Pick<Pattern, 'touched' | 'foreign'>) => {
    let opened = foreign.length;
    for (const operation of touched) opened += 1 - (allowed[operation] ?? 0);
    return opened;
  };
  const ofGroups = groups.map(count);
  return (pattern) => count(pattern) + (pattern.group === undefined ? 0 : (ofGroups[pattern.group] ?? 0));
}
