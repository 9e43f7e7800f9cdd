import { type Bits, countBits } from './bits.ts';

/**
 * Sets of operations by number, such as those that each pattern matches. A set is stored as the words of {@link Bits} in which it has a
 * number: paths that begin alike have neighbouring numbers, so that most sets are one word or two, however many operations there are.
 */
export interface OperationSets {
  /** Where the words of each set begin, and where those of the last one end. */
  readonly starts: Uint32Array;
  /** The index of each word in {@link Bits}. */
  readonly places: Uint32Array;
  readonly words: Uint32Array;
}

/** The same sets as lists, which is faster where each operation has to be looked at. */
export interface OperationLists {
  /** Where the operations of each set begin, and where those of the last one end. */
  readonly starts: Uint32Array;
  readonly members: Uint32Array;
}

/** Stores lists one after the other. */
export function operationLists(lists: readonly (readonly number[])[]): OperationLists {
  const starts = [0];
  let end = 0;
  for (const list of lists) {
    end += list.length;
    starts.push(end);
  }
  return { starts: Uint32Array.from(starts), members: Uint32Array.from(lists.flat()) };
}

/** Stores sets that are given as lists. */
export function operationSets(lists: readonly (readonly number[])[]): OperationSets {
  const starts = [0];
  const places: number[] = [];
  const words: number[] = [];
  for (const list of lists) {
    const start = places.length;
    let at = start;
    for (const operation of list) {
      const place = operation >>> 5;
      // Neighbours mostly follow each other.
      if (places[at] !== place) {
        for (at = start; at < places.length && places[at] !== place; ) at += 1;
        places[at] = place;
      }
      words[at] = (words[at] ?? 0) | (1 << (operation & 31));
    }
    starts.push(places.length);
  }
  return { starts: Uint32Array.from(starts), places: Uint32Array.from(places), words: Uint32Array.from(words) };
}

/** Whether all operations of a set are in `bits`. */
export function isWithin({ starts, places, words }: OperationSets, set: number, bits: Bits): boolean {
  const end = starts[set + 1] ?? 0;
  for (let i = starts[set] ?? 0; i < end; i += 1)
    if (((words[i] ?? 0) & ~(bits[places[i] ?? 0] ?? 0)) !== 0) return false;
  return true;
}

/** Counts the operations of a set that are in `bits`. */
export function sizeIn({ starts, places, words }: OperationSets, set: number, bits: Bits): number {
  const end = starts[set + 1] ?? 0;
  let count = 0;
  for (let i = starts[set] ?? 0; i < end; i += 1) count += countBits((words[i] ?? 0) & (bits[places[i] ?? 0] ?? 0));
  return count;
}

/** Adds a set to `bits`, without the operations that are in `except`. */
export function addSet({ starts, places, words }: OperationSets, set: number, bits: Bits, except?: Bits): void {
  const end = starts[set + 1] ?? 0;
  for (let i = starts[set] ?? 0; i < end; i += 1) {
    const place = places[i] ?? 0;
    bits[place] = (bits[place] ?? 0) | ((words[i] ?? 0) & ~(except?.[place] ?? 0));
  }
}

/** Removes a set from `bits`. */
export function removeSet({ starts, places, words }: OperationSets, set: number, bits: Bits): void {
  const end = starts[set + 1] ?? 0;
  for (let i = starts[set] ?? 0; i < end; i += 1) {
    const place = places[i] ?? 0;
    bits[place] = (bits[place] ?? 0) & ~(words[i] ?? 0);
  }
}
