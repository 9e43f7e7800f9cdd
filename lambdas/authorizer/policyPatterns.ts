import { addBit, type Bits, bitCount, complement, hasBit, noBits, numbersIn } from './bits.ts';
import { coarsePatterns } from './coarsePatterns.ts';
import { openOperations } from './openOperations.ts';
import { addSet, isWithin, removeSet, sizeIn } from './operationSets.ts';
import type { PatternIndex } from './patternIndex.ts';
import { type Sides, wildcardsWithin } from './purity.ts';

/** The patterns of a policy, by their numbers in the index. Deny overrides Allow. */
export interface PolicyPatterns {
  readonly allow: readonly number[];
  readonly deny: readonly number[];
  /** Whether resources have the short form of the ARN. */
  readonly isShort: boolean;
  /** At most so many routes have requests that the policy allows although the caller is not allowed to send them: handlers reject them. */
  readonly open: number;
}

/** The characters that a policy has for its patterns. */
export interface Room {
  /** For all resources together. */
  readonly characters: number;
  /** What it has more where nothing is denied. */
  readonly withoutDeny: number;
  /** Of each pattern, as the caller's policy has it. */
  readonly lengths: Uint32Array;
  /** What a resource adds to its pattern: its ARN, quotes and comma. */
  readonly ofResource: number;
  /** The same with the short form of the ARN. */
  readonly ofShortResource: number;
}

/**
 * Makes the function that finds the patterns of a policy: every operation that the caller is allowed to use, and as few others as possible.
 *
 * - Where all operations of a method or below a path are allowed, one wildcard replaces them; it is used only where it touches no other
 *   operation.
 * - Where the pattern of an operation touches one that is not allowed (`/documents/{id}` becomes `documents/*`, which also matches
 *   `documents/1/history`), a Deny is added, unless the Deny would touch an allowed operation.
 * - Where this is longer than a policy can be, resources get the short form of the ARN and parts of methods; where it is still longer,
 *   {@link coarsePatterns}.
 *
 * The handler checks again, and rejects what is open at the gateway.
 */
export function policyPatterns(index: PatternIndex): (allowedRoutes: Bits, room: Room) => PolicyPatterns {
  const coarse = coarsePatterns(index);
  return (allowedRoutes, room) => {
    const sides = sidesOf(index, allowedRoutes);
    const { lengths, characters, withoutDeny, ofResource, ofShortResource } = room;
    const begin = allowedWildcards(index, sides);
    const counted = (lists: Lists, isShort: boolean) => ({
      ...lists,
      isShort,
      open: openRoutes(index, sides.allowed, lists),
    });
    const exactly = (isShort: boolean, begun: Begun, each: number) => {
      // Most lists that do not fit are not made.
      if ((begun.allow.length + bitCount(begun.rest)) * each > characters + withoutDeny) return undefined;
      const allow = exactAllowList(index, begun);
      const free = characters - lengthOf(allow, lengths, each);
      if (free + withoutDeny < 0) return undefined;
      const deny = exactDenyList(index, sides, allow);
      return deny.length === 0 || lengthOf(deny, lengths, each) <= free ? counted({ allow, deny }, isShort) : undefined;
    };
    const long = exactly(false, begin(false), ofResource);
    if (long !== undefined) return long;
    const begun = begin(true);
    const short = exactly(true, begun, ofShortResource);
    if (short !== undefined) return short;
    const coarseRoom = { characters, lengths, ofResource: ofShortResource };
    return counted(coarse(sides, exactAllowList(index, begun), coarseRoom), true);
  };
}

function sidesOf({ size, routes }: PatternIndex, allowedRoutes: Bits): Sides {
  const allowed = noBits(size);
  for (let i = 0; i < size; i += 1) if (hasBit(allowedRoutes, routes[i] ?? 0)) addBit(allowed, i);
  return { allowed, denied: complement(allowed) };
}

type Lists = Pick<PolicyPatterns, 'allow' | 'deny'>;

/** The beginning of a list of allowed patterns: its wildcards, and what they leave. */
interface Begun {
  readonly allow: readonly number[];
  readonly rest: Bits;
}

/** Makes the function that finds wildcards that touch nothing else; *short*, with parts of methods. */
function allowedWildcards(index: PatternIndex, { allowed, denied }: Sides): (withShort: boolean) => Begun {
  const { patterns, covered } = index;
  // What others are allowed to use with their values is never the caller's.
  const pure = wildcardsWithin(index, allowed, denied);
  return (withShort) => {
    const rest = allowed.slice();
    const allow: number[] = [];
    for (const wildcard of pure) {
      if (!withShort && patterns[wildcard]?.isShort === true) continue;
      if (sizeIn(covered, wildcard, rest) < 2) continue;
      allow.push(wildcard);
      removeSet(covered, wildcard, rest);
    }
    return { allow, rest };
  };
}

/** Patterns that touch nothing else but by a parameter at the end of a path. */
function exactAllowList({ own }: PatternIndex, { allow, rest }: Begun): readonly number[] {
  const list = [...allow];
  for (const operation of numbersIn(rest)) list.push(own[operation] ?? 0);
  return list;
}

/** Patterns for what the allowed ones touch besides, where they touch nothing that is allowed. */
function exactDenyList(index: PatternIndex, { allowed, denied }: Sides, allow: readonly number[]): readonly number[] {
  const { touched, others } = index;
  const open = noBits(index.size);
  for (const pattern of allow) addSet(touched, pattern, open, allowed);
  return numbersIn(open)
    .map((operation) => others[operation] ?? 0)
    .filter((pattern) => isWithin(touched, pattern, denied));
}

function lengthOf(list: readonly number[], lengths: Uint32Array, ofResource: number): number {
  let length = ofResource * list.length;
  for (const pattern of list) length += lengths[pattern] ?? 0;
  return length;
}

/** Counts the routes that a policy opens at most although the caller is not allowed to use them, or not with the values of others. */
function openRoutes(index: PatternIndex, allowed: Bits, { allow, deny }: Lists): number {
  const open = openOperations(index, allowed, allow);
  for (const pattern of deny) removeSet(index.covered, pattern, open);
  const routes = noBits(index.routeCount);
  for (const operation of numbersIn(open)) addBit(routes, index.routes[operation] ?? 0);
  return bitCount(routes);
}
