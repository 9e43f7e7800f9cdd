import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBit, bitCount, noBits, numbersIn } from '../../lambdas/authorizer/bits.ts';
import {
  addSet,
  changedFromEmpty,
  changedFromWhole,
  isWithin,
  operationLists,
  operationSets,
  removeSet,
  sizeIn,
} from '../../lambdas/authorizer/operationSets.ts';
import { changesFromEmpty, changesFromWhole, compiledSets } from '../../lib/access/compiledSets.ts';
import { complement } from './complement.ts';

const SIZE = 130;
const numbers = fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: SIZE });
/** Neighbours, as most sets of operations are. */
const range = fc
  .tuple(fc.nat(SIZE - 1), fc.nat(40))
  .map(([first, length]) => Array.from({ length: Math.min(length, SIZE - first) }, (_, i) => first + i));
const lists = fc.array(fc.oneof(numbers, range), { minLength: 1, maxLength: 6 });

function bitsOf(list: readonly number[]) {
  const bits = noBits(SIZE);
  for (const number of list) addBit(bits, number);
  return bits;
}

const ascending = (list: readonly number[]) => list.toSorted((a, b) => a - b);

describe('sets of operations', () => {
  it('behave as sets', () => {
    fc.assert(
      fc.property(lists, numbers, numbers, (given, some, except) => {
        const sets = operationSets(compiledSets(given));
        const bits = bitsOf(some);
        given.forEach((list, set) => {
          const isIn = (number: number) => some.includes(number);
          const isOwn = (number: number) => list.includes(number);
          expect(isWithin(sets, set, bits)).toBe(list.every(isIn));
          expect(isWithin(sets, set, complement(bits))).toBe(!list.some(isIn));
          expect(sizeIn(sets, set, bits)).toBe(list.filter(isIn).length);
          const [added, addedBut, removed] = [bits.slice(), bits.slice(), bits.slice()];
          addSet(sets, set, added);
          addSet(sets, set, addedBut, bitsOf(except));
          removeSet(sets, set, removed);
          const others = some.filter((number) => !isOwn(number));
          expect(numbersIn(added)).toEqual(ascending([...others, ...list]));
          const addable = list.filter((number) => !except.includes(number) && !isIn(number));
          expect(numbersIn(addedBut)).toEqual(ascending([...some, ...addable]));
          expect(numbersIn(removed)).toEqual(ascending(others));
          expect(bitCount(removed)).toBe(others.length);
        });
      }),
    );
  });

  it('have parts, of which only words that differ are stored', () => {
    const parts = fc.array(fc.tuple(numbers, fc.func(fc.boolean())), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, (given) => {
        const stored = compiledSets(given.map(([list]) => list));
        const sets = operationSets(stored);
        const part = given.map(([list, isIn]) => list.filter(isIn));
        const whole = given.map(([list]) => list);
        const empty = given.map(() => []);
        expect(changesFromWhole(stored, whole).at).toEqual([]);
        expect(changesFromEmpty(stored, empty).at).toEqual([]);
        for (const found of [
          changedFromWhole(sets, changesFromWhole(stored, part)),
          changedFromEmpty(sets, changesFromEmpty(stored, part)),
        ]) {
          const { starts, members } = operationLists(found);
          expect(part.map((_, set) => ascending([...members.subarray(starts[set], starts[set + 1])]))).toEqual(
            part.map(ascending),
          );
        }
      }),
    );
  });

  it('have the same operations as lists', () => {
    fc.assert(
      fc.property(lists, (given) => {
        const { starts, members } = operationLists(operationSets(compiledSets(given)));
        given.forEach((list, set) => {
          expect(ascending([...members.subarray(starts[set], starts[set + 1])])).toEqual(ascending(list));
        });
      }),
    );
  });
});
