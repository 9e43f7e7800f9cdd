import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { routeMethod, servedMethods } from '../shared/servedMethods.ts';
import { type OperationLists, type OperationSets, operationLists, operationSets } from './operationSets.ts';
import { ANY, isOwn, pathSegments, type Segments } from './resourcePattern.ts';
import { type Matches, type RouteTree, routeTree } from './routeTree.ts';

/** A route with one of the methods that it serves: its own pattern in policies. */
interface Operation {
  /** Index of the route in the access policy. */
  readonly route: number;
  readonly method: string;
  readonly path: Segments;
}

/** A pattern that policies of an API can have; the same for all callers. */
export interface Pattern {
  /** With `=claim` where the caller's value stands. */
  readonly segments: Segments;
  /** As a policy has it; undefined where it depends on the caller's claims. */
  readonly text: string | undefined;
  /** Whether it has a part of a method. */
  readonly isShort: boolean;
}

/** What patterns match, by their numbers. */
export interface Reach {
  /** Operations of which some request matches. */
  readonly touched: OperationSets;
  /** Operations that compare claims, and of which some request of another caller matches. */
  readonly foreign: OperationSets;
}

/** Everything about the routes of an API that the choice of patterns needs. Patterns and operations are numbered. */
export interface PatternIndex extends Reach {
  /** How many operations there are: a route with one of the methods that it serves. */
  readonly size: number;
  /** The route of each operation, by its index in the access policy. */
  readonly routes: Uint32Array;
  readonly routeCount: number;
  readonly patterns: readonly Pattern[];
  /** Operations of which every request matches, with the caller's own values. */
  readonly covered: OperationSets;
  readonly coveredLists: OperationLists;
  /** The first patterns cover several operations, broadest first. */
  readonly wildcardCount: number;
  /** The pattern of each operation alone, with the caller's own values. */
  readonly own: Uint32Array;
  /** The pattern of each operation alone, with any values. */
  readonly others: Uint32Array;
  /** Operations: first those of routes that have no other one, because one Deny closes such a route. */
  readonly closedFirst: Uint32Array;
  /** Of {@link others}, those that cover several operations. */
  readonly othersOfSeveral: Uint32Array;
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

/**
 * Lists the patterns for the routes of an API: each operation, everything, a method, and each part of a path with and without a method.
 */
export function patternIndex({ routes }: Pick<AccessPolicy, 'routes'>): PatternIndex {
  const tree = routeTree(
    routes.flatMap(({ method, path, where }, route) =>
      servedMethods(method).map((served) => ({ route, method: served, path: pathSegments(path, where) })),
    ),
  );
  const { operations, nodes } = tree;
  const byValue = valueGroups(tree);
  const found = new Map<string, MadePattern>();
  const add = (method: string, path: Segments, matches: Matches, group = NO_GROUP) => {
    const made = patternOf(operations, method, path, matches, group);
    if (made.covered.length > 1) found.set(made.segments.join('/'), made);
  };
  /** With everything that a wildcard for methods also takes. */
  const addShort = (path: Segments) => {
    const matches = tree.matches(path, true);
    for (const method of [ANY, ...Object.keys(METHOD_PARTS)]) add(method, path, matches, byValue.find(method, path));
  };
  const own: MadePattern[] = [];
  const others: MadePattern[] = [];
  for (const node of nodes) {
    if (node.operations.length > 0) {
      const matches = tree.matches(node.path, false);
      const isCompared = node.path.some(isOwn);
      const open = node.path.map((part) => (isOwn(part) ? ANY : part));
      const openMatches = isCompared ? tree.matches(open, false) : matches;
      for (const operation of node.operations) {
        const { method = '' } = operations[operation] ?? {};
        const made = patternOf(operations, method, node.path, matches);
        own[operation] = made;
        others[operation] = isCompared ? patternOf(operations, method, open, openMatches) : made;
      }
    }
    if (node.operations.length > 1) addShort(node.path);
    if (node.children.size === 0) continue;
    const below = [...node.path, ANY];
    addShort(below);
    const matches = tree.matches(below, false);
    const methods = new Set(operations.slice(node.firstBelow, node.end).map(({ method }) => method));
    for (const method of methods) add(method, below, matches);
  }
  const wildcards = [...found.values()].sort((a, b) => a.segments.length - b.segments.length);
  const all = [...new Set([...wildcards, ...own, ...others])];
  const numbers = new Map(all.map((made, number) => [made, number]));
  const isAlone = (operation: number) => servedMethods(routeMethod(operations[operation]?.method ?? '')).length === 1;
  const alone = Map.groupBy(operations.keys(), isAlone);
  const covered = all.map((made) => made.covered);
  const numbersOf = (list: readonly MadePattern[]) => Uint32Array.from(list, (made) => numbers.get(made) ?? 0);
  return {
    size: operations.length,
    routes: Uint32Array.from(operations, ({ route }) => route),
    routeCount: routes.length,
    patterns: all.map(({ segments, text, isShort }) => ({ segments, text, isShort })),
    ...reachOf(all),
    covered: operationSets(covered),
    coveredLists: operationLists(covered),
    wildcardCount: wildcards.length,
    own: numbersOf(own),
    others: numbersOf(others),
    closedFirst: Uint32Array.from([...(alone.get(true) ?? []), ...(alone.get(false) ?? [])]),
    othersOfSeveral: numbersOf(others.filter(({ covered }) => covered.length > 1)),
    groupOf: Int32Array.from(all, ({ group }) => group),
    groups: reachOf(byValue.groups),
    groupCount: byValue.groups.length,
  };
}

/** What a pattern matches, as lists of operations. */
interface Matched {
  readonly touched: readonly number[];
  readonly covered: readonly number[];
  readonly foreign: readonly number[];
}

interface MadePattern extends Pattern, Matched {
  readonly group: number;
}

function reachOf(list: readonly Matched[]): Reach {
  return {
    touched: operationSets(list.map(({ touched }) => touched)),
    foreign: operationSets(list.map(({ foreign }) => foreign)),
  };
}

/** Numbers the lists of operations that patterns match by a value, each method part apart. */
function valueGroups(tree: RouteTree<Operation>) {
  const groups: Matched[] = [];
  const known = new Map<Matches, Map<string, number>>();
  const find = (method: string, path: Segments): number => {
    const matches = tree.matchesByValue(path);
    if (matches.size === 0) return NO_GROUP;
    const byMethod = known.get(matches) ?? new Map<string, number>();
    known.set(matches, byMethod);
    const found = byMethod.get(method);
    if (found !== undefined) return found;
    const made = sorted(tree.operations, method, matches);
    const number = made.touched.length === 0 ? NO_GROUP : groups.push(made) - 1;
    byMethod.set(method, number);
    return number;
  };
  return { groups, find };
}

function patternOf(
  operations: readonly Operation[],
  method: string,
  path: Segments,
  matches: Matches,
  group = NO_GROUP,
): MadePattern {
  // `*` alone matches the whole path, too.
  const segments = path.length === 1 && path[0] === ANY && method.endsWith(ANY) ? [method] : [method, ...path];
  return {
    segments,
    text: segments.some(isOwn) ? undefined : segments.join('/'),
    ...sorted(operations, method, matches),
    group,
    isShort: Object.hasOwn(METHOD_PARTS, method),
  };
}

function sorted(operations: readonly Operation[], method: string, matches: Matches): Matched {
  const short = METHOD_PARTS[method];
  const touched: number[] = [];
  const covered: number[] = [];
  const foreign: number[] = [];
  for (const [operation, match] of matches) {
    const { method: one = '' } = operations[operation] ?? {};
    if (method !== ANY && (short === undefined ? one !== method : !short.test(one))) continue;
    touched.push(operation);
    if (match.covers) covered.push(operation);
    if (match.foreign) foreign.push(operation);
  }
  return { touched, covered, foreign };
}
