import type { RouteSpec } from './routes.ts';

/** Whether a route has a function that serves no other route. */
export function isIsolated({ options }: Pick<RouteSpec, 'options'>): boolean {
  return options.isolate ?? options.webhook !== undefined;
}

/** The names of the functions that routes share: the first segment of their paths. */
export function sharedGroups(specs: Readonly<Record<string, RouteSpec>>): ReadonlySet<string> {
  const shared = Object.values(specs).filter((spec) => !isIsolated(spec));
  return new Set(shared.map(segmentOf));
}

/**
 * The name of the function that serves a route. An isolated route gives its function its own name. Where a shared function
 * has this name already, a suffix keeps the two apart: names of routes have no `-`, so no other isolated route has it.
 */
export function groupOf(id: string, spec: RouteSpec, shared: ReadonlySet<string>): string {
  if (!isIsolated(spec)) return segmentOf(spec);
  let name = id;
  while (shared.has(name)) name += '-isolated';
  return name;
}

function segmentOf({ path }: Pick<RouteSpec, 'path'>): string {
  return path.split('/')[1] || 'root';
}
