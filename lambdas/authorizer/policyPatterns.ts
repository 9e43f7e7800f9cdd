import { covers, type Segments, touches } from './resourcePattern.ts';

/** Routes as patterns: those that the caller may use, and all others. */
export interface Split {
  readonly allowed: readonly Segments[];
  readonly denied: readonly Segments[];
}

/** What a policy says: Deny wins over Allow. */
export interface Patterns {
  readonly allow: readonly Segments[];
  readonly deny: readonly Segments[];
}

/**
 * The few patterns that allow what the caller may use: wherever all routes of a method or below a path are allowed, one
 * wildcard stands for them. A wildcard is only used where it touches no other route.
 *
 * Where an exact pattern touches a route that is not allowed (`/documents/{id}` gives `documents/*`, which also matches
 * `documents/1/history`), a Deny of that route is added, unless the Deny would touch an allowed route in turn. What then
 * stays open at the gateway is refused by the handler, which checks again.
 */
export function compactPatterns({ allowed, denied }: Split): Patterns {
  const chosen: Segments[] = [];
  let open = allowed;
  for (const candidate of wildcardsOf(allowed)) {
    const rest = open.filter((route) => !covers(candidate, route));
    if (open.length - rest.length < 2 || denied.some((route) => touches(candidate, route))) continue;
    chosen.push(candidate);
    open = rest;
  }
  const allow = [...chosen, ...open];
  return { allow, deny: deniable({ allowed, denied }).filter((route) => allow.some((p) => touches(p, route))) };
}

/** Everything allowed but a list: shorter where a caller may use nearly all. */
export function exceptPatterns(split: Split): Patterns {
  return { allow: [['*']], deny: deniable(split) };
}

/** Routes that can be denied without denying a part of an allowed one. */
function deniable({ allowed, denied }: Split): readonly Segments[] {
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
