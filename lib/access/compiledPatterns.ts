import { METHOD_PARTS, NO_GROUP } from '../../lambdas/authorizer/patternIndex.ts';
import { ANY, isOwn, pathSegments, type Segments } from '../../lambdas/authorizer/resourcePattern.ts';
import { servedMethods } from '../../lambdas/shared/servedMethods.ts';
import type { AccessPolicy, AuthorizerPolicy, CompiledPatterns, CompiledReach } from '../definition/bundledTypes.ts';
import { changesFromEmpty, changesFromWhole, compiledSets } from './compiledSets.ts';
import { type Matches, type RouteTree, routeTree } from './routeTree.ts';

/** A route with one of the methods that it serves: its own pattern in policies. */
interface Operation {
  /** Index of the route in the access policy. */
  readonly route: number;
  readonly method: string;
  readonly path: Segments;
}

/** What a pattern matches, as lists of operations. */
interface Matched {
  /** Operations of which some request matches. */
  readonly touched: readonly number[];
  /** Operations of which every request matches, with the caller's own values. */
  readonly covered: readonly number[];
  /** Operations that compare claims, and of which some request of another caller matches. */
  readonly foreign: readonly number[];
}

interface Pattern extends Matched {
  /** As policies have it, with `=claim` where the caller's value stands. */
  readonly text: string;
  readonly depth: number;
  readonly group: number;
}

/** An access policy as the authorizer takes it. */
export function authorizerPolicy(policy: AccessPolicy): AuthorizerPolicy {
  return { ...policy, patterns: compiledPatterns(policy) };
}

/**
 * Lists the patterns for the routes of an API: everything, a method, and each part of a path with and without a method, the broadest first; then
 * each operation; then, of those that compare claims, the same with any values.
 */
function compiledPatterns({ routes }: Pick<AccessPolicy, 'routes'>): CompiledPatterns {
  const tree = routeTree(
    routes.flatMap(({ method, path, where }, route) =>
      servedMethods(method).map((served) => ({ route, method: served, path: pathSegments(path, where) })),
    ),
  );
  const { operations, nodes } = tree;
  const byValue = valueGroups(tree);
  const found = new Map<string, Pattern>();
  const add = (method: string, path: Segments, matches: Matches, group = NO_GROUP) => {
    const made = patternOf(operations, { method, path, group }, matches);
    if (made.covered.length > 1) found.set(made.text, made);
  };
  /** With everything that a wildcard for methods also takes. */
  const addShort = (path: Segments) => {
    const matches = tree.matches(path, true);
    for (const method of [ANY, ...Object.keys(METHOD_PARTS)]) add(method, path, matches, byValue.find(method, path));
  };
  const own: Pattern[] = [];
  const ofOthers: Pattern[] = [];
  for (const node of nodes) {
    if (node.operations.length > 0) {
      const matches = tree.matches(node.path, false);
      const isCompared = node.path.some(isOwn);
      const open = node.path.map((part) => (isOwn(part) ? ANY : part));
      const openMatches = isCompared ? tree.matches(open, false) : matches;
      for (const operation of node.operations) {
        const { method = '' } = operations[operation] ?? {};
        own.push(patternOf(operations, { method, path: node.path }, matches));
        if (isCompared) ofOthers.push(patternOf(operations, { method, path: open }, openMatches));
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
  const wildcards = [...found.values()].sort((a, b) => a.depth - b.depth);
  const all = [...wildcards, ...own, ...ofOthers];
  const reach = reachOf(all);
  return {
    list: all.map(({ text }) => text).join(' '),
    routes: operations.map(({ route }) => route),
    groupOf: wildcards.map(({ group }) => group),
    reach,
    covered: changesFromWhole(
      reach.touched,
      all.map(({ covered }) => covered),
    ),
    groups: reachOf(byValue.groups),
  };
}

function patternOf(
  operations: readonly Operation[],
  { method, path, group = NO_GROUP }: { readonly method: string; readonly path: Segments; readonly group?: number },
  matches: Matches,
): Pattern {
  // `*` alone matches the whole path, too.
  const segments = path.length === 1 && path[0] === ANY && method.endsWith(ANY) ? [method] : [method, ...path];
  return { text: segments.join('/'), depth: segments.length, ...matchedBy(operations, method, matches), group };
}

function matchedBy(operations: readonly Operation[], method: string, matches: Matches): Matched {
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

/** Numbers the lists of operations that patterns match by a value, each method part apart. Many patterns share one. */
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
    const made = matchedBy(tree.operations, method, matches);
    const number = made.touched.length === 0 ? NO_GROUP : groups.push(made) - 1;
    byMethod.set(method, number);
    return number;
  };
  return { groups, find };
}

function reachOf(list: readonly Matched[]): CompiledReach {
  const touched = compiledSets(list.map((one) => one.touched));
  return {
    touched,
    foreign: changesFromEmpty(
      touched,
      list.map(({ foreign }) => foreign),
    ),
  };
}
