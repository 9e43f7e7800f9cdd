import { routeMethod } from '../../lambdas/shared/servedMethods.ts';
import type { Api, Route } from '../definition/api.ts';

/**
 * Finds the route of a request as API Gateway does: the path chooses the resource, a literal segment before a parameter;
 * then the method must exist **on that resource**. A parameter does not stand in for a literal resource without the method:
 * with `POST /docs/search` and `GET /docs/{id}`, `GET /docs/search` is no route.
 *
 * @param path Path of the request without stage and query, such as `/documents/42`; compared octet by octet.
 */
export function findRoute(api: Api, method: string, path: string): Route | undefined {
  const served = routeMethod(method);
  const parts = path.split('/').slice(1);
  const routes = Object.values(api.routes).filter((route) => fits(segmentsOf(route), parts));
  const [best] = routes.sort((a, b) => compareSpecificity(segmentsOf(a), segmentsOf(b)));
  return routes.find((candidate) => candidate.path === best?.path && candidate.method === served);
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

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}
