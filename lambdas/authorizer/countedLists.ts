/** The end of a list. */
export const NONE = -1;

/** Numbers in lists, one for each count, in the order in which they were appended. */
export interface CountedLists {
  clear(): void;
  /** Appends a number to the list of a count. What followed it in another list is lost, so read that before. */
  append(count: number, number: number): void;
  /** The first number of a list, or {@link NONE}. */
  first(count: number): number;
  /** The number after another one of its list, or {@link NONE}. */
  next(number: number): number;
}

/** Makes empty lists, in memory that each use takes again. */
export function countedLists(counts: number, numbers: number): CountedLists {
  const heads = new Int32Array(counts);
  const tails = new Int32Array(counts);
  const followers = new Int32Array(numbers);
  return {
    clear() {
      heads.fill(NONE);
      tails.fill(NONE);
    },
    append(count, number) {
      const last = tails[count] ?? NONE;
      if (last === NONE) heads[count] = number;
      else followers[last] = number;
      tails[count] = number;
      followers[number] = NONE;
    },
    first: (count) => heads[count] ?? NONE,
    next: (number) => followers[number] ?? NONE,
  };
}
