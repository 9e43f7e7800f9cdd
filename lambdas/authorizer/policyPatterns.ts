import { addBit, type Bits, bitCount, noBits, numbersIn } from './bits.ts';
import { coarsePatterns } from './coarsePatterns.ts';
import { lengthOf } from './mergedList.ts';
import { openedBy } from './openOperations.ts';
import { addSet, isWithin, removeSet, sizeIn } from './operationSets.ts';
import { hasMethodPart, type PatternIndex } from './patternIndex.ts';
import { pureWildcards, type Sides } from './purity.ts';

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
  const sidesOf = sidesOfCallers(index);
  const allowedWildcards = wildcardLists(index);
  const openRoutes = openRouteCounter(index);
  /** Most policies fit without. */
  let coarse: ReturnType<typeof coarsePatterns> | undefined;
  return (allowedRoutes, room) => {
    const sides = sidesOf(allowedRoutes);
    const { lengths, characters, withoutDeny, ofResource, ofShortResource } = room;
    const begin = allowedWildcards(sides);
    const counted = (lists: Lists, isShort: boolean) => ({
      ...lists,
      isShort,
      open: openRoutes(sides.allowed, lists),
    });
    const exactly = (isShort: boolean, begun: Begun, each: number) => {
      // Most lists that do not fit are not made.
      if ((begun.allow.length + bitCount(begun.rest)) * each > characters + withoutDeny) return undefined;
      const allow = exactAllowList(index, begun);
      const free = characters - lengthOf(allow, { lengths, ofResource: each });
      if (free + withoutDeny < 0) return undefined;
      const deny = exactDenyList(index, sides, allow);
      return deny.length === 0 || lengthOf(deny, { lengths, ofResource: each }) <= free
        ? counted({ allow, deny }, isShort)
        : undefined;
    };
    const long = exactly(false, begin(false), ofResource);
    if (long !== undefined) return long;
    const begun = begin(true);
    const short = exactly(true, begun, ofShortResource);
    if (short !== undefined) return short;
    const coarseRoom = { characters, lengths, ofResource: ofShortResource };
    coarse ??= coarsePatterns(index);
    return counted(coarse(sides, exactAllowList(index, begun), coarseRoom), true);
  };
}

/** Makes the function that finds the operations of a caller. Its result is overwritten by the next call, as those of the other functions here are. */
function sidesOfCallers({ size, routes }: PatternIndex): (allowedRoutes: Bits) => Sides {
  const allowed = noBits(size);
  const denied = noBits(size);
  return (allowedRoutes) => {
    for (let place = 0; place < allowed.length; place += 1) {
      const first = place * 32;
      const count = Math.min(32, size - first);
      let word = 0;
      for (let i = 0; i < count; i += 1) {
        const route = routes[first + i] ?? 0;
        // No condition, because no processor could predict it.
        word |= (((allowedRoutes[route >>> 5] ?? 0) >>> (route & 31)) & 1) << i;
      }
      allowed[place] = word;
      denied[place] = ~word;
    }
    return { allowed, denied };
  };
}

type Lists = Pick<PolicyPatterns, 'allow' | 'deny'>;

/** The beginning of a list of allowed patterns: its wildcards, and what they leave. */
interface Begun {
  readonly allow: readonly number[];
  readonly rest: Bits;
}

/** Makes the function that begins with a caller. What it returns finds wildcards that touch nothing else; *short*, with parts of methods. */
function wildcardLists(index: PatternIndex): (sides: Sides) => (withShort: boolean) => Begun {
  const { patterns, covered, wildcardCount } = index;
  const wildcardsWithin = pureWildcards(index);
  const isShort = new Uint8Array(wildcardCount);
  for (let wildcard = 0; wildcard < wildcardCount; wildcard += 1)
    isShort[wildcard] = hasMethodPart(patterns[wildcard] ?? '') ? 1 : 0;
  const rest = noBits(index.size);
  return ({ allowed, denied }) => {
    // What others are allowed to use with their values is never the caller's.
    const pure = wildcardsWithin(allowed, denied);
    return (withShort) => {
      rest.set(allowed);
      const allow: number[] = [];
      for (const wildcard of pure) {
        if (!withShort && isShort[wildcard] === 1) continue;
        if (sizeIn(covered, wildcard, rest) < 2) continue;
        allow.push(wildcard);
        removeSet(covered, wildcard, rest);
      }
      return { allow, rest };
    };
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

/**
 * Makes the function that counts the routes that a policy opens at most although the caller is not allowed to use them, or not with the values of
 * others.
 */
function openRouteCounter(index: PatternIndex): (allowed: Bits, lists: Lists) => number {
  const openOperations = openedBy(index);
  return (allowed, { allow, deny }) => {
    const open = openOperations(allowed, allow);
    for (const pattern of deny) removeSet(index.covered, pattern, open);
    const routes = noBits(index.routeCount);
    for (const operation of numbersIn(open)) addBit(routes, index.routes[operation] ?? 0);
    return bitCount(routes);
  };
}
