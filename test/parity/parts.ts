/** A request of the table, taken apart as HTTP does. */
import { findRoute } from '../../lib/access/route.ts';
import type { Api, Route } from '../../lib/definition/api.ts';
import type { ParityRequest } from './table.ts';

export interface Parts {
  readonly route: Route;
  /** Still percent-encoded. */
  readonly path: Readonly<Record<string, string>>;
  /** Decoded, every value of a repeated name. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts of a request, or nothing where no route takes it. */
export function partsOf(api: Api, { method, path, query, headers }: ParityRequest): Parts | undefined {
  const match = findRoute(api, method, path);
  if (match === undefined) return undefined;
  const values = Map.groupBy(new URLSearchParams(query ?? ''), ([name]) => name);
  const named = [...values].map(([name, pairs]) => [name, pairs.map(([, value]) => value)] as const);
  return { route: match.route, path: match.parameters, query: Object.fromEntries(named), headers: headers ?? {} };
}
