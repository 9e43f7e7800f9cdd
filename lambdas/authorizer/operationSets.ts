import type { ChangedWords, CompiledSets } from '../../lib/definition/bundledTypes.ts';
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

/** Reads sets as synth stores them. */
export function operationSets({ starts, places, words }: CompiledSets): OperationSets {
  return { starts: new Uint32Array(starts), places: new Uint32Array(places), words: new Uint32Array(words) };
}

/** As many empty sets. */
export function emptySets({ starts }: OperationSets): OperationSets {
  const none = new Uint32Array(0);
  return { starts: new Uint32Array(starts.length), places: none, words: none };
}

/** Reads parts of sets, as synth stores them where most are whole. */
export function changedFromWhole(sets: OperationSets, changed: ChangedWords): OperationSets {
  return changedSets(sets, sets.words.slice(), changed);
}

/** Reads parts of sets, as synth stores them where most are empty. */
export function changedFromEmpty(sets: OperationSets, changed: ChangedWords): OperationSets {
  return changedSets(sets, new Uint32Array(sets.words.length), changed);
}

function changedSets({ starts, places }: OperationSets, words: Uint32Array, changed: ChangedWords): OperationSets {
  for (const [i, at] of changed.at.entries()) words[at] = changed.words[i] ?? 0;
  return { starts, places, words };
}

/** Lists the operations of sets. */
export function operationLists({ starts, places, words }: OperationSets): OperationLists {
  const ends = new Uint32Array(starts.length);
  const members: number[] = [];
  for (let set = 0; set + 1 < starts.length; set += 1) {
    const end = starts[set + 1] ?? 0;
    for (let i = starts[set] ?? 0; i < end; i += 1) {
      const first = 32 * (places[i] ?? 0);
      for (let rest = words[i] ?? 0; rest !== 0; rest &= rest - 1) members.push(first + 31 - Math.clz32(rest & -rest));
    }
    ends[set + 1] = members.length;
  }
  return { starts: ends, members: new Uint32Array(members) };
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
