import { covers, type Segments, touches } from './resourcePattern.ts';

/** Routes as patterns: those that the caller is allowed to use, and all others. */
export interface SplitRoutes {
  readonly allowed: readonly Segments[];
  readonly denied: readonly Segments[];
  /**
   * What of the allowed routes belongs to others: paths whose parameters are not the caller's claims. No Deny can express it
   * without denying the caller's own paths, so no wildcard reaches it.
   */
  readonly foreign: readonly Segments[];
}

/** The patterns of a policy. Deny overrides Allow. */
export interface PolicyPatterns {
  readonly allow: readonly Segments[];
  readonly deny: readonly Segments[];
}

/**
 * Finds few patterns that allow the caller's routes: where all routes of a method or below a path are allowed, one wildcard
 * replaces them. A wildcard is used only where it touches no other route.
 *
 * Where an exact pattern touches a route that is not allowed (`/documents/{id}` becomes `documents/*`, which also matches
 * `documents/1/history`), a Deny of that route is added, unless the Deny would touch an allowed route. The handler checks
 * again, and rejects what then stays open at the gateway.
 */
export function compactPatterns(split: SplitRoutes): PolicyPatterns {
  const allow = merged(split.allowed, [...split.denied, ...split.foreign], 2);
  return { allow, deny: deniable(split).filter((route) => allow.some((p) => touches(p, route))) };
}

/**
 * Allows everything except a list: shorter where a caller is allowed to use nearly all routes. Where a part of the routes is
 * foreign, it allows as much as possible without that part.
 */
export function exceptPatterns(split: SplitRoutes): PolicyPatterns {
  return { allow: merged(split.allowed, split.foreign, 1), deny: deniable(split) };
}

/** The last resort of an API whose routes do not fit a policy: handlers reject what is foreign. */
export function everythingPatterns(split: SplitRoutes): PolicyPatterns {
  return { allow: [['*']], deny: deniable(split) };
}

/** Replaces routes by wildcards that touch nothing of a list, where one replaces at least `fewest`. */
function merged(routes: readonly Segments[], avoided: readonly Segments[], fewest: number): readonly Segments[] {
  const chosen: Segments[] = [];
  let open = routes;
  for (const candidate of wildcardsOf(routes)) {
    const rest = open.filter((route) => !covers(candidate, route));
    if (open.length - rest.length < fewest || avoided.some((route) => touches(candidate, route))) continue;
    chosen.push(candidate);
    open = rest;
  }
  return [...chosen, ...open];
}

/** Routes that can be denied without denying a part of an allowed route. */
function deniable({ allowed, denied }: Omit<SplitRoutes, 'foreign'>): readonly Segments[] {
  return denied.filter((route) => !allowed.some((other) => touches(route, other)));
}

/** Wildcards over the allowed routes, broadest first: everything, a method, every prefix with and without its method. */
function wildcardsOf(routes: readonly Segments[]): readonly Segments[] {
  const found = new Map<string, Segments>();
  const add = (pattern: Segments) => found.set(pattern.join('/'), pattern);
  add(['*']);
  for (const [method = '', ...path] of routes) {
    add([method, '*']);
    add(['*', ...path]);
    for (let depth = 1; depth < path.length; depth += 1) {
      add(['*', ...path.slice(0, depth), '*']);
      add([method, ...path.slice(0, depth), '*']);
    }
  }
  return [...found.values()].sort((a, b) => a.length - b.length);
}
