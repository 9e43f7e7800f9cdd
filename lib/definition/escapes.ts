import type { Escape, Route } from './api.ts';
import { walkSchema } from './walk.ts';

/** Collects every escape of the routes with its reason, in the order of the definition. */
export function findEscapes(routes: readonly Route[]): readonly Escape[] {
  return routes.flatMap((route) => {
    const { access } = route;
    const location = `routes.${route.id}`;
    const isOpen = access.kind === 'public' || access.kind === 'authenticated';
    const open: Escape[] = isOpen ? [{ location, kind: access.kind, reason: access.reason }] : [];
    for (const [part, schema] of Object.entries(route.request)) {
      if (schema === undefined) continue;
      walkSchema(schema, `${location}.${part}`, (node, at) => {
        const reason = node['x-unbounded'];
        if (reason !== undefined) open.push({ location: at, kind: 'unbounded', reason });
        if (node['x-text'] === 'raw')
          open.push({ location: at, kind: 'raw-text', reason: node['x-text-reason'] ?? '' });
      });
    }
    return open;
  });
}
