import type { Ready, ServedRoute } from '../localPackage.ts';

/** More routes than this are summed up, so that the start fits on a screen. */
const MAX_ROUTES = 20;
const METHOD_WIDTH = 6;
const GAP = '  ';
/** A column is not cut below this. */
const MIN_WIDTH = 12;

/**
 * The routes of an API in aligned lines: method, path and who is allowed to call it. More than 20 routes are summed up by the first
 * segment of their paths.
 *
 * @param width characters of a line
 */
export function routeTable(routes: Ready['apis'][number]['routes'], width: number): readonly string[] {
  const rows = routes.length > MAX_ROUTES ? summary(routes) : routes.map(rowOf);
  const pathWidth = Math.min(longest(rows.map(([, path]) => path)), Math.max(MIN_WIDTH, Math.floor(width * 0.4)));
  const methodWidth = longest(rows.map(([method]) => method));
  const accessWidth = Math.max(MIN_WIDTH, width - methodWidth - pathWidth - 2 * GAP.length);
  return rows.map(([method, path, access]) =>
    [method.padEnd(methodWidth), cut(path, pathWidth).padEnd(pathWidth), cut(access, accessWidth)].join(GAP).trimEnd(),
  );
}

type Row = readonly [method: string, path: string, access: string];

function rowOf({ method, path, access }: ServedRoute): Row {
  return [method.padEnd(METHOD_WIDTH), path, accessOf(access)];
}

/** Who is allowed to call a route. */
function accessOf(access: ServedRoute['access']): string {
  if (access === undefined) return '';
  if (access.kind === 'public') return 'public';
  if (access.kind === 'webhook') return `webhook ${access.sender}`;
  const { roles, scopes } = access;
  const held = roles.length === 0 ? [] : [roles.join(', ')];
  const granted = scopes.length === 0 ? [] : [`${scopes.length === 1 ? 'scope' : 'scopes'} ${scopes.join(' ')}`];
  return held.length + granted.length === 0 ? 'any valid token' : [...held, ...granted].join(' with ');
}

function summary(routes: readonly ServedRoute[]): readonly Row[] {
  const bySegment = Map.groupBy(routes, ({ path }) => `/${path.split('/')[1] ?? ''}`);
  return [...bySegment].map(([segment, group]) => {
    const methods = [...new Set(group.map(({ method }) => method))];
    return [count(group.length), segment, methods.join(', ')];
  });
}

function count(routes: number): string {
  return `${routes} ${routes === 1 ? 'route' : 'routes'}`;
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
