import type { AuthorizerPolicy, CompiledReach } from '../../lib/definition/bundledTypes.ts';
import { changedFromEmpty, changedFromWhole, emptySets, type OperationSets, operationSets } from './operationSets.ts';
import { hasOwnValues } from './resourcePattern.ts';

/** What patterns match, by their numbers. */
export interface Reach {
  /** Operations of which some request matches. */
  readonly touched: OperationSets;
  /** Operations that compare claims, and of which some request of another caller matches. */
  readonly foreign: OperationSets;
  /** Most APIs compare no claims. */
  readonly hasForeign: boolean;
}

/** Everything about the routes of an API that the choice of patterns needs. Patterns and operations are numbered. */
export interface PatternIndex extends Reach {
  /** How many operations there are: a route with one of the methods that it serves. */
  readonly size: number;
  /** The route of each operation, by its index in the access policy. */
  readonly routes: Uint32Array;
  readonly routeCount: number;
  /** As a policy has them, with `=claim` where the caller's value stands. */
  readonly patterns: readonly string[];
  /** Operations of which every request matches, with the caller's own values. */
  readonly covered: OperationSets;
  /** The first patterns cover several operations, broadest first. */
  readonly wildcardCount: number;
  /** The pattern of each operation alone, with the caller's own values. */
  readonly own: Uint32Array;
  /** The pattern of each operation alone, with any values. */
  readonly others: Uint32Array;
  /** Which of {@link PatternIndex.groups} each pattern also touches, or {@link NO_GROUP}. */
  readonly groupOf: Int32Array;
  /** Operations that patterns touch only because the value of a parameter can be a segment of theirs. Many patterns share one group. */
  readonly groups: Reach;
  readonly groupCount: number;
}

/** In {@link PatternIndex.groupOf}. */
export const NO_GROUP = -1;

/** Parts of methods that stand for several: `P*` for POST, PUT and PATCH, `?E*` for GET, HEAD and DELETE. */
export const METHOD_PARTS: Readonly<Record<string, RegExp>> = { '?E*': /^.E/, 'P*': /^P/ };

const PARTS = Object.keys(METHOD_PARTS);

/** Whether a wildcard has a part of a method. */
export function hasMethodPart(wildcard: string): boolean {
  return PARTS.some((part) => wildcard.startsWith(part));
}

/**
 * Reads the patterns for the routes of an API. They come with the access policy, because to find them takes longer than all else that an
 * instance prepares.
 */
export function patternIndex({ routes, patterns: compiled }: AuthorizerPolicy): PatternIndex {
  const { list, groupOf, groups } = compiled;
  const patterns = list.split(' ');
  const size = compiled.routes.length;
  const wildcardCount = groupOf.length;
  const own = new Uint32Array(size);
  const others = new Uint32Array(size);
  let next = wildcardCount + size;
  for (let operation = 0; operation < size; operation += 1) {
    const pattern = wildcardCount + operation;
    own[operation] = pattern;
    others[operation] = hasOwnValues(patterns[pattern] ?? '') ? next++ : pattern;
  }
  const groupOfEach = new Int32Array(patterns.length).fill(NO_GROUP);
  groupOfEach.set(groupOf);
  const reach = reachOf(compiled.reach);
  return {
    ...reach,
    size,
    routes: new Uint32Array(compiled.routes),
    routeCount: routes.length,
    patterns,
    covered: changedFromWhole(reach.touched, compiled.covered),
    wildcardCount,
    own,
    others,
    groupOf: groupOfEach,
    groups: reachOf(groups),
    groupCount: groups.touched.starts.length - 1,
  };
}

function reachOf({ touched: compiled, foreign }: CompiledReach): Reach {
  const touched = operationSets(compiled);
  const hasForeign = foreign.at.length > 0;
  return {
    touched,
    foreign: hasForeign ? changedFromEmpty(touched, foreign) : emptySets(touched),
    hasForeign,
  };
}
