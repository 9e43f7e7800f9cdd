import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { servedMethods } from '../shared/servedMethods.ts';
import { ANY, isOwn, pathSegments, type Segments } from './resourcePattern.ts';
import { type Matches, type RouteTree, routeTree } from './routeTree.ts';

/** A route with one of the methods that it serves: its own pattern in policies. */
export interface Operation {
  /** Index of the route in the access policy. */
  readonly route: number;
  readonly method: string;
  readonly path: Segments;
}

/** A pattern that policies of an API can have, and what it does; the same for all callers. */
export interface Pattern {
  /** With `=claim` where the caller's value stands. */
  readonly segments: Segments;
  /** As a policy has it; undefined where it depends on the caller's claims. */
  readonly text: string | undefined;
  /** Operations of which some request matches. */
  readonly touched: readonly number[];
  /** Operations of which every request matches, with the caller's own values. */
  readonly covered: readonly number[];
  /** Operations that compare claims, and of which some request of another caller matches. */
  readonly foreign: readonly number[];
  /** Of {@link PatternIndex.groups}: what it also touches. */
  readonly group: number | undefined;
  /** Whether it has a part of a method. */
  readonly isShort: boolean;
}

/** Operations that patterns touch only because the value of a parameter can be a segment of theirs. Many patterns share one list. */
export interface ValueGroup extends Pick<Pattern, 'touched' | 'foreign'> {
  readonly index: number;
}

/** Everything about the routes of an API that the choice of patterns needs. */
export interface PatternIndex {
  readonly operations: readonly Operation[];
  /** The route of each operation. */
  readonly routes: Uint16Array;
  readonly routeCount: number;
  /** The pattern of each operation alone, with the caller's own values. */
  readonly own: readonly Pattern[];
  /** The pattern of each operation alone, with any values. */
  readonly others: readonly Pattern[];
  /** Patterns that cover several operations, broadest first. */
  readonly wildcards: readonly Pattern[];
  readonly groups: readonly ValueGroup[];
  /** All patterns that a Deny can have: they are the same for all callers. */
  readonly deniable: readonly Pattern[];
}

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
  const found = new Map<string, Pattern>();
  const add = (method: string, path: Segments, matches: Matches, group?: ValueGroup) => {
    const pattern = patternOf(operations, method, path, matches, group);
    if (pattern.covered.length > 1) found.set(pattern.segments.join('/'), pattern);
  };
  /** With everything that a wildcard for methods also takes. */
  const addShort = (path: Segments) => {
    const matches = tree.matches(path, true);
    for (const method of [ANY, ...Object.keys(METHOD_PARTS)]) add(method, path, matches, byValue.find(method, path));
  };
  const own: Pattern[] = [];
  const others: Pattern[] = [];
  for (const node of nodes) {
    if (node.operations.length > 0) {
      const matches = tree.matches(node.path, false);
      const isCompared = node.path.some(isOwn);
      const open = node.path.map((part) => (isOwn(part) ? ANY : part));
      const openMatches = isCompared ? tree.matches(open, false) : matches;
      for (const operation of node.operations) {
        const { method = '' } = operations[operation] ?? {};
        const pattern = patternOf(operations, method, node.path, matches);
        own[operation] = pattern;
        others[operation] = isCompared ? patternOf(operations, method, open, openMatches) : pattern;
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
  return {
    operations,
    routes: Uint16Array.from(operations, ({ route }) => route),
    routeCount: routes.length,
    own,
    others,
    wildcards,
    groups: byValue.groups,
    deniable: [...wildcards.filter(({ text }) => text !== undefined), ...others],
  };
}

/** Numbers the lists of operations that patterns match by a value, each method part apart. */
function valueGroups(tree: RouteTree<Operation>) {
  const groups: ValueGroup[] = [];
  const known = new Map<Matches, Map<string, ValueGroup>>();
  const find = (method: string, path: Segments): ValueGroup | undefined => {
    const matches = tree.matchesByValue(path);
    if (matches.size === 0) return undefined;
    const byMethod = known.get(matches) ?? new Map<string, ValueGroup>();
    known.set(matches, byMethod);
    const found = byMethod.get(method);
    if (found !== undefined) return found;
    const made = { index: groups.length, ...sorted(tree.operations, method, matches) };
    groups.push(made);
    byMethod.set(method, made);
    return made;
  };
  return { groups, find };
}

function patternOf(
  operations: readonly Operation[],
  method: string,
  path: Segments,
  matches: Matches,
  group?: ValueGroup,
): Pattern {
  // `*` alone matches the whole path, too.
  const segments = path.length === 1 && path[0] === ANY && method.endsWith(ANY) ? [method] : [method, ...path];
  return {
    segments,
    text: segments.some(isOwn) ? undefined : segments.join('/'),
    ...sorted(operations, method, matches),
    group: group === undefined || group.touched.length === 0 ? undefined : group.index,
    isShort: Object.hasOwn(METHOD_PARTS, method),
  };
}

function sorted(operations: readonly Operation[], method: string, matches: Matches) {
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
