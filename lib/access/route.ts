import type { Api, Route } from '../definition/api.ts';

/** What a request line leads to. */
export interface RouteMatch {
  readonly route: Route;
  /** Raw (still percent-encoded) values of the path's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a request as API Gateway does: the path chooses the resource, a literal segment before a parameter;
 * then the method must exist **on that resource**. A literal resource without the method is not rescued by a parameter
 * beside it: with `POST /docs/search` and `GET /docs/{id}`, `GET /docs/search` is no route.
 *
 * @param path Path of the request without stage and query, such as `/documents/42`; compared octet by octet.
 */
export function findRoute(api: Api, method: string, path: string): RouteMatch | undefined {
  const parts = path.split('/').slice(1);
  const routes = Object.values(api.routes).filter((route) => fits(segmentsOf(route), parts));
  const [best] = routes.sort((a, b) => compareSpecificity(segmentsOf(a), segmentsOf(b)));
  const route = routes.find((candidate) => candidate.path === best?.path && candidate.method === method);
  return route === undefined ? undefined : { route, parameters: parametersOf(segmentsOf(route), parts) };
}

function segmentsOf(route: Route): readonly string[] {
  return route.path.split('/').slice(1);
}

/** A parameter is one segment with at least one character. */
function fits(segments: readonly string[], parts: readonly string[]): boolean {
  return (
    segments.length === parts.length &&
    segments.every((segment, i) => (isParameter(segment) ? parts[i] !== '' : parts[i] === segment))
  );
}

/** The first segment in which two templates differ in kind decides; the literal one comes first. */
function compareSpecificity(a: readonly string[], b: readonly string[]): number {
  for (const [i, segment] of a.entries()) {
    const difference = Number(isParameter(segment)) - Number(isParameter(b[i] ?? ''));
    if (difference !== 0) return difference;
  }
  return 0;
}

function parametersOf(segments: readonly string[], parts: readonly string[]): Readonly<Record<string, string>> {
  const entries = segments.flatMap((segment, i) =>
    isParameter(segment) ? [[segment.slice(1, -1), parts[i] ?? '']] : [],
  );
  return Object.fromEntries(entries);
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}
