/** A set of small numbers. */
export type Bits = Uint32Array;

/** The empty set of numbers below a size. */
export function noBits(size: number): Bits {
  return new Uint32Array(Math.ceil(size / 32));
}

/** Adds a number. */
export function addBit(bits: Bits, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
}

/** Whether a set has a number. */
export function hasBit(bits: Bits, index: number): boolean {
  return (((bits[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
}

/** Adds the numbers of another set of the same size. */
export function addAll(bits: Bits, others: Bits | undefined): void {
  if (others === undefined) return;
  for (let i = 0; i < bits.length; i += 1) bits[i] = (bits[i] ?? 0) | (others[i] ?? 0);
}

/** Removes the numbers of another set of the same size. */
export function removeAll(bits: Bits, others: Bits | undefined): void {
  if (others === undefined) return;
  for (let i = 0; i < bits.length; i += 1) bits[i] = (bits[i] ?? 0) & ~(others[i] ?? 0);
}

/** The numbers that are in both sets. */
export function inBoth(bits: Bits, others: Bits): Bits {
  const result = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) result[i] = (bits[i] ?? 0) & (others[i] ?? 0);
  return result;
}

/** Whether a set has no number. */
export function isEmpty(bits: Bits): boolean {
  for (let i = 0; i < bits.length; i += 1) if (bits[i] !== 0) return false;
  return true;
}

/** Counts the numbers of a set. */
export function bitCount(bits: Bits): number {
  let count = 0;
  for (let i = 0; i < bits.length; i += 1) count += countBits(bits[i] ?? 0);
  return count;
}

/** Counts the bits of a word that are set (Warren, "Hacker's Delight", 5-1). */
export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Lists the numbers of a set, in ascending order. */
export function numbersIn(bits: Bits): readonly number[] {
  const numbers: number[] = [];
  for (let i = 0; i < bits.length; i += 1) {
    for (let rest = bits[i] ?? 0; rest !== 0; rest &= rest - 1) numbers.push(i * 32 + 31 - Math.clz32(rest & -rest));
  }
  return numbers;
}

/** A short string for each set. */
export function bitsKey(bits: Bits): string {
  let key = '';
  // Most sets have a word or two: to make a view of their bytes takes longer than this.
  for (let i = 0; i < bits.length; i += 1) key += String.fromCharCode((bits[i] ?? 0) & 0xffff, (bits[i] ?? 0) >>> 16);
  return key;
}
