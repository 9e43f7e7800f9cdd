import type { Bits } from '../../lambdas/authorizer/bits.ts';

/** The numbers that are not in a set, and some beyond its size: only to intersect with others. */
export function complement(bits: Bits): Bits {
  return bits.map((word) => ~word);
}
