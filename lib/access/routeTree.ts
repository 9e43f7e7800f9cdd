import { ANY, isOwn, type Segments } from '../../lambdas/authorizer/resourcePattern.ts';

/** A position in the paths of an API, with the operations whose path ends there. */
export interface PathNode {
  readonly path: Segments;
  readonly children: Map<string, PathNode>;
  /** Children that are a parameter. */
  readonly open: PathNode[];
  /** Operations by number: an operation is a route with one of the methods that it serves. */
  readonly operations: number[];
  /** First and, exclusive, last of the operations below this position. */
  firstBelow: number;
  end: number;
}

/** How a pattern matches an operation of which it matches some request. */
export interface Match {
  /** Every request of the operation matches; with claims, every one with the caller's own values. */
  covers: boolean;
  /** Some request with values of others matches. */
  foreign: boolean;
}

/** The operations of an API by their paths. */
export interface RouteTree<T> {
  /** Depth first, the root first. */
  readonly nodes: readonly PathNode[];
  /** By number, so that the operations below a position are a range. */
  readonly operations: readonly T[];
  /**
   * The operations of which a path pattern matches some request, whatever their method; *greedy*, of a pattern behind a wildcard that
   * also takes segments of a path: `*` and `/orders` match `GET/shops/orders`.
   */
  matches(path: Segments, greedy: boolean): Matches;
  /**
   * What a greedy pattern also matches, only because the value of a parameter can be its first segment. It depends on the other segments alone,
   * so equal lists are one object. Empty for a pattern that begins with no literal: {@link matches} has everything.
   */
  matchesByValue(path: Segments): Matches;
}

/** Operations by number, and how a pattern matches them. */
export type Matches = ReadonlyMap<number, Match>;

/** Builds the tree from the operations of an API. */
export function routeTree<T extends { readonly path: Segments }>(given: readonly T[]): RouteTree<T> {
  const root = nodeAt([]);
  const endingAt = new Map<PathNode, T[]>();
  for (const operation of given) {
    const node = operation.path.reduce(childOf, root);
    const others = endingAt.get(node);
    if (others === undefined) endingAt.set(node, [operation]);
    else others.push(operation);
  }
  const nodes: PathNode[] = [];
  const operations: T[] = [];
  const number = (node: PathNode): void => {
    nodes.push(node);
    for (const operation of endingAt.get(node) ?? []) node.operations.push(operations.push(operation) - 1);
    node.firstBelow = operations.length;
    for (const child of node.children.values()) number(child);
    node.end = operations.length;
  };
  number(root);
  const owned = operations.map(({ path }) => path.filter(isOwn).length);
  return { nodes, operations, ...matcher(nodes, owned) };
}

function nodeAt(path: Segments): PathNode {
  return { path, children: new Map(), open: [], operations: [], firstBelow: 0, end: 0 };
}

function childOf(node: PathNode, part: string): PathNode {
  const known = node.children.get(part);
  if (known !== undefined) return known;
  const made = nodeAt([...node.path, part]);
  node.children.set(part, made);
  if (part === ANY || isOwn(part)) node.open.push(made);
  return made;
}

/** @param owned for each operation, how many of its parameters have to equal a claim. */
function matcher(
  nodes: readonly PathNode[],
  owned: readonly number[],
): Pick<RouteTree<unknown>, 'matches' | 'matchesByValue'> {
  const [root = nodeAt([]), ...others] = nodes;
  const inner = others.filter(({ children }) => children.size > 0);
  const open = inner.flatMap((node) => node.open);
  const byLiteral = Map.groupBy(
    inner.flatMap(({ children }) => [...children].map(([part, child]) => ({ part, child }))),
    ({ part }) => part,
  );
  const byValue = new Map<string, Matches>();

  const search = (path: Segments) => {
    const found = new Map<number, Match>();
    const emit = (operation: number, covers: boolean, values: number) => {
      const foreign = values < (owned[operation] ?? 0);
      const known = found.get(operation);
      if (known === undefined) found.set(operation, { covers, foreign });
      else Object.assign(known, { covers: known.covers || covers, foreign: known.foreign || foreign });
    };
    const walk = (node: PathNode, i: number, covers: boolean, values: number): void => {
      const part = path[i];
      if (part === undefined) for (const operation of node.operations) emit(operation, covers, values);
      else if (part === ANY && i === path.length - 1) {
        for (let operation = node.firstBelow; operation < node.end; operation += 1) emit(operation, covers, values);
      } else if (part === ANY) for (const child of node.children.values()) walkBelow(child, i + 1, covers, values);
      else {
        const same = node.children.get(part);
        if (same !== undefined) walk(same, i + 1, covers, values + (isOwn(part) ? 1 : 0));
        // A value can be a literal of another path, or the value of another claim.
        const alike = isOwn(part) ? node.children.values() : node.open;
        for (const child of alike) if (child !== same) walk(child, i + 1, false, values);
      }
    };
    const walkBelow = (node: PathNode, i: number, covers: boolean, values: number): void => {
      walk(node, i, covers, values);
      for (const child of node.children.values()) walkBelow(child, i, covers, values);
    };
    return { found, walk };
  };

  return {
    matches: (path, greedy) => {
      const { found, walk } = search(path);
      walk(root, 0, true, 0);
      const [part = ANY] = path;
      if (!greedy) return found;
      if (part === ANY || isOwn(part)) for (const node of inner) walk(node, 0, true, 0);
      else for (const { child } of byLiteral.get(part) ?? []) walk(child, 1, true, 0);
      return found;
    },
    matchesByValue: (path) => {
      const [part = ANY, ...rest] = path;
      if (part === ANY || isOwn(part)) return NOTHING;
      const key = rest.join('/');
      const known = byValue.get(key);
      if (known !== undefined) return known;
      const { found, walk } = search(path);
      for (const child of open) walk(child, 1, false, 0);
      byValue.set(key, found);
      return found;
    },
  };
}

const NOTHING: Matches = new Map();
