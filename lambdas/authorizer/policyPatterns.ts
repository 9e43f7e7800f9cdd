import { type Bits, hasBit } from './bits.ts';
import { coarsePatterns, openOperations } from './coarsePatterns.ts';
import type { Pattern, PatternIndex } from './patternIndex.ts';
import { type Allowed, purity, touchesOnly } from './purity.ts';

/** The patterns of a policy. Deny overrides Allow. */
export interface PolicyPatterns {
  readonly allow: readonly Pattern[];
  readonly deny: readonly Pattern[];
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
  /** Of a resource with this pattern: its ARN, quotes and comma. */
  readonly lengthOf: (pattern: Pattern) => number;
  /** The same with the short form of the ARN. */
  readonly shortLengthOf: (pattern: Pattern) => number;
}

/**
 * Finds the patterns of a policy: every operation that the caller is allowed to use, and as few others as possible.
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
export function policyPatterns(index: PatternIndex, allowedRoutes: Bits, room: Room): PolicyPatterns {
  const allowed = new Uint8Array(index.operations.length);
  for (let i = 0; i < allowed.length; i += 1) allowed[i] = hasBit(allowedRoutes, index.routes[i] ?? 0) ? 1 : 0;
  const plain = exactPatterns(index, allowed, false);
  if (fits(plain, room, room.lengthOf)) return { ...plain, isShort: false, open: openRoutes(index, allowed, plain) };
  const short = exactPatterns(index, allowed, true);
  if (fits(short, room, room.shortLengthOf))
    return { ...short, isShort: true, open: openRoutes(index, allowed, short) };
  const coarse = coarsePatterns(index, allowed, short.allow, { ...room, lengthOf: room.shortLengthOf });
  return { ...coarse, isShort: true, open: openRoutes(index, allowed, coarse) };
}

type Lists = Pick<PolicyPatterns, 'allow' | 'deny'>;

/** Patterns that touch nothing else but by a parameter at the end of a path. */
function exactPatterns(index: PatternIndex, allowed: Allowed, withShort: boolean): Lists {
  const { own, others, wildcards } = index;
  const isPure = purity(index, allowed, 1);
  const covered = new Uint8Array(allowed.length);
  const allow: Pattern[] = [];
  for (const pattern of wildcards) {
    if ((pattern.isShort && !withShort) || !isPure(pattern)) continue;
    let count = 0;
    for (const operation of pattern.covered) count += 1 - (covered[operation] ?? 0);
    if (count < 2) continue;
    allow.push(pattern);
    for (const operation of pattern.covered) covered[operation] = 1;
  }
  const touched = new Uint8Array(allowed.length);
  for (let i = 0; i < allowed.length; i += 1) {
    const pattern = own[i];
    if (allowed[i] === 0 || covered[i] === 1 || pattern === undefined) continue;
    allow.push(pattern);
    for (const operation of pattern.touched) if (allowed[operation] === 0) touched[operation] = 1;
  }
  const deny: Pattern[] = [];
  for (let i = 0; i < allowed.length; i += 1) {
    const pattern = others[i];
    if (touched[i] === 1 && pattern !== undefined && touchesOnly(pattern.touched, allowed, 0)) deny.push(pattern);
  }
  return { allow, deny };
}

function fits({ allow, deny }: Lists, { characters, withoutDeny }: Room, lengthOf: Room['lengthOf']): boolean {
  const most = characters + (deny.length === 0 ? withoutDeny : 0);
  let length = 0;
  for (const list of [allow, deny]) {
    for (const pattern of list) {
      length += lengthOf(pattern);
      if (length > most) return false;
    }
  }
  return true;
}

/** Counts the routes that a policy opens at most although the caller is not allowed to use them, or not with the values of others. */
function openRoutes(index: PatternIndex, allowed: Allowed, { allow, deny }: Lists): number {
  const open = openOperations(index, allowed, allow);
  for (const { covered } of deny) for (const operation of covered) open[operation] = 0;
  const counted = new Uint8Array(index.routeCount);
  let count = 0;
  for (let i = 0; i < open.length; i += 1) {
    const route = index.routes[i] ?? 0;
    if (open[i] === 0 || counted[route] === 1) continue;
    counted[route] = 1;
    count += 1;
  }
  return count;
}
