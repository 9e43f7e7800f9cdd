import { type Bits, hasBit, noBits } from './bits.ts';
import { operationLists, sizeIn } from './operationSets.ts';
import { NO_GROUP, type PatternIndex, type Reach } from './patternIndex.ts';
import type { Sides } from './purity.ts';

/** Steps in which ratios are compared. */
const STEPS = 256;
/** Characters for each operation that a pattern opens, below which all ratios are equally bad. */
const WORST = 4;

/**
 * Makes the function that begins with the list of allowed patterns of a caller. It returns the one that shortens the list until it has at most so
 * many characters, continuing from the last call: wildcards replace patterns, those first that open the fewest operations for the
 * characters that they save. A list that cannot be as short becomes everything.
 *
 * Beginning with another list ends the one before: all use the same memory, because to allocate it would take longer than to fill it.
 *
 * @returns undefined where the list of the last call is as short already.
 */
export function mergedLists(index: PatternIndex) {
  const { starts, members } = operationLists(index.covered);
  const sortByRatio = ratioSorter(index);
  // All functions are made once, and what they change is here: functions of each caller would be compiled as if each were another one.
  // A pattern of the list stands for some of the operations that it covers.
  const patternOf = new Int32Array(index.size);
  const counts = new Uint32Array(index.patterns.length);
  /** Characters of each pattern of the list for each of the operations that it stands for. */
  const parts = new Float64Array(index.patterns.length);
  const listed = new Uint8Array(index.patterns.length);
  let list: number[] = [];
  let total = 0;
  let allowed: Bits = noBits(0);
  let lengths: Uint32Array = noBits(0);
  let ofResource = 0;

  const setCount = (pattern: number, count: number) => {
    const length = ofResource + (lengths[pattern] ?? 0);
    if (count === 0) total -= length;
    counts[pattern] = count;
    parts[pattern] = count === 0 ? 0 : length / count;
  };
  const replaceBy = (pattern: number) => {
    const end = starts[pattern + 1] ?? 0;
    let count = 0;
    for (let i = starts[pattern] ?? 0; i < end; i += 1) {
      const operation = members[i] ?? 0;
      if (!hasBit(allowed, operation)) continue;
      const before = patternOf[operation] ?? NONE;
      patternOf[operation] = pattern;
      count += 1;
      if (before !== NONE) setCount(before, (counts[before] ?? 0) - 1);
    }
    if (listed[pattern] === 0) list.push(pattern);
    listed[pattern] = 1;
    total += ofResource + (lengths[pattern] ?? 0);
    setCount(pattern, count);
  };
  const saved = (pattern: number) => {
    const end = starts[pattern + 1] ?? 0;
    let characters = -ofResource - (lengths[pattern] ?? 0);
    for (let i = starts[pattern] ?? 0; i < end; i += 1) {
      const before = patternOf[members[i] ?? 0] ?? NONE;
      if (before !== NONE) characters += parts[before] ?? 0;
    }
    return characters;
  };
  const isListed = (pattern: number) => (counts[pattern] ?? 0) > 0;

  return (sides: Sides, exact: readonly number[], room: Lengths) => {
    patternOf.fill(NONE);
    listed.fill(0);
    list = [];
    total = 0;
    ({ allowed } = sides);
    ({ lengths, ofResource } = room);
    for (const pattern of exact) replaceBy(pattern);
    const candidates = sortByRatio(sides, saved);
    let next = 0;
    let isFirst = true;
    return (most: number): readonly number[] | undefined => {
      if (total <= most && !isFirst) return undefined;
      isFirst = false;
      for (; total > most && next < candidates.length; next += 1) {
        const pattern = candidates[next] ?? EVERYTHING;
        if (saved(pattern) > 0) replaceBy(pattern);
      }
      if (total > most) replaceBy(EVERYTHING);
      return list.filter(isListed);
    };
  };
}

/** The characters that patterns take. */
export interface Lengths {
  /** Of each pattern, as the caller's policy has it. */
  readonly lengths: Uint32Array;
  /** What a resource adds to its pattern. */
  readonly ofResource: number;
}

/** Characters of a list of patterns. */
export function lengthOf(list: readonly number[], { lengths, ofResource }: Lengths): number {
  let length = ofResource * list.length;
  for (const pattern of list) length += lengths[pattern] ?? 0;
  return length;
}

/** The broadest wildcard is the first one. */
export const EVERYTHING = 0;
/** Where no pattern of the list stands for an operation. */
const NONE = -1;

/**
 * Makes the function that sorts the wildcards but {@link EVERYTHING} that save characters by what they open for them, the best first. The result is
 * overwritten by the next call.
 */
function ratioSorter(index: PatternIndex) {
  const { touched, hasForeign, groups, groupOf, groupCount, wildcardCount } = index;
  /** Of each wildcard, one more than its step; 0 for one that saves nothing. */
  const steps = new Uint16Array(wildcardCount);
  const ends = new Uint16Array(STEPS + 1);
  const sorted = new Uint32Array(wildcardCount);
  // What is open to the values of others and not allowed counts twice: that way fewer routes stay open.
  const opened = ({ touched, foreign }: Reach, set: number, { allowed, denied }: Sides) =>
    sizeIn(touched, set, denied) + sizeIn(foreign, set, denied) + sizeIn(foreign, set, allowed);
  return (sides: Sides, saved: (pattern: number) => number): Uint32Array => {
    const ofGroups = Array.from({ length: groupCount }, (_, group) => opened(groups, group, sides));
    ends.fill(0);
    for (let pattern = EVERYTHING + 1; pattern < wildcardCount; pattern += 1) {
      steps[pattern] = 0;
      const characters = saved(pattern);
      if (characters <= 0) continue;
      const own = hasForeign ? opened(index, pattern, sides) : sizeIn(touched, pattern, sides.denied);
      const group = groupOf[pattern] ?? NO_GROUP;
      const open = group === NO_GROUP ? own : own + (ofGroups[group] ?? 0);
      const step = Math.min(STEPS, 1 + Math.floor((WORST * open * STEPS) / characters));
      steps[pattern] = step;
      ends[step] = (ends[step] ?? 0) + 1;
    }
    for (let step = 1; step <= STEPS; step += 1) ends[step] = (ends[step] ?? 0) + (ends[step - 1] ?? 0);
    const count = ends[STEPS] ?? 0;
    // From the last, so that those of one step stay in their order.
    for (let pattern = wildcardCount - 1; pattern > EVERYTHING; pattern -= 1) {
      const step = steps[pattern] ?? 0;
      if (step > 0) {
        const at = (ends[step] ?? 0) - 1;
        ends[step] = at;
        sorted[at] = pattern;
      }
    }
    return sorted.subarray(0, count);
  };
}
