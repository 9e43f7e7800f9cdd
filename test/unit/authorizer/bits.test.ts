import { describe, expect, it } from 'vitest';
import { addBit, type Bits, bitsKey, inBoth, noBits, numbersIn, removeAll } from '../../../lambdas/authorizer/bits.ts';

function bitsOf(size: number, numbers: readonly number[]): Bits {
  const bits = noBits(size);
  for (const number of numbers) addBit(bits, number);
  return bits;
}

describe('the numbers in both sets', () => {
  it('are those that each set has', () => {
    expect(numbersIn(inBoth(bitsOf(64, [3, 31, 32, 40]), bitsOf(64, [31, 40, 63])))).toEqual([31, 40]);
  });

  it('have none beyond a shorter set, whichever of both it is', () => {
    const [long, short] = [bitsOf(64, [0, 1, 32, 33]), bitsOf(32, [0])];
    expect(numbersIn(inBoth(long, short))).toEqual([0]);
    expect(numbersIn(inBoth(short, long))).toEqual([0]);
    expect([...inBoth(new Uint32Array([3, 7]), new Uint32Array([1]))]).toEqual([1, 0]);
  });
});

describe('a set without the numbers of another one', () => {
  it('has what the other one does not have', () => {
    const bits = bitsOf(64, [0, 31, 32, 63]);
    removeAll(bits, bitsOf(64, [1, 31, 63]));
    expect(numbersIn(bits)).toEqual([0, 32]);
    removeAll(bits, undefined);
    expect(numbersIn(bits)).toEqual([0, 32]);
  });
});

describe('the string of a set', () => {
  it('is another one for each set', () => {
    const sets = [[], [0], [15], [16], [31], [32], [47], [48], [63], [0, 63], [31, 32]];
    expect(new Set(sets.map((numbers) => bitsKey(bitsOf(64, numbers)))).size).toBe(sets.length);
  });
});
