import { addBit, type Bits, noBits } from '../../lambdas/authorizer/bits.ts';
import type { ChangedWords, CompiledSets } from '../definition/bundledTypes.ts';

/** Stores sets of operations, which are given as lists. */
export function compiledSets(lists: readonly (readonly number[])[]): CompiledSets {
  const starts = [0];
  const places: number[] = [];
  const words: number[] = [];
  for (const list of lists) {
    for (const [place, word] of bitsOf(list).entries()) {
      if (word === 0) continue;
      places.push(place);
      words.push(word);
    }
    starts.push(places.length);
  }
  return { starts, places, words };
}

/** Stores parts of sets, most of which are whole: the words that differ from those of the sets. */
export function changesFromWhole(sets: CompiledSets, parts: readonly (readonly number[])[]): ChangedWords {
  return changedWords(sets, parts, (word) => word);
}

/** Stores parts of sets, most of which are empty: the words that are not 0. */
export function changesFromEmpty(sets: CompiledSets, parts: readonly (readonly number[])[]): ChangedWords {
  return changedWords(sets, parts, () => 0);
}

function changedWords(
  { starts, places, words }: CompiledSets,
  parts: readonly (readonly number[])[],
  before: (word: number) => number,
): ChangedWords {
  const at: number[] = [];
  const changed: number[] = [];
  for (const [set, part] of parts.entries()) {
    const bits = bitsOf(part);
    for (let i = starts[set] ?? 0; i < (starts[set + 1] ?? 0); i += 1) {
      const word = bits[places[i] ?? 0] ?? 0;
      if (word === before(words[i] ?? 0)) continue;
      at.push(i);
      changed.push(word);
    }
  }
  return { at, words: changed };
}

/** As the authorizer has sets. */
function bitsOf(list: readonly number[]): Bits {
  const bits = noBits(Math.max(-1, ...list) + 1);
  for (const operation of list) addBit(bits, operation);
  return bits;
}
