import type { Api, Route } from '../definition/api.ts';
import { invalidOption } from './options.ts';

/** About half a minute of computing. A longer trial shows nothing that a shorter one does not. */
const MAX_REQUESTS = 500_000_000;

/**
 * Returns the relative number of clients of each tier, in the order of the definition.
 *
 * @param chosen `name` or `name=weight` of each tier; empty for equal shares.
 * @throws {ConfigError} `option-invalid` for an undefined tier, an invalid weight, or too few clients.
 */
export function tierWeights(api: Api, chosen: readonly string[], clients: number): readonly number[] {
  const names = Object.keys(api.tiers);
  const weights = new Map<string, number>();
  for (const choice of chosen) {
    const [name = '', weight = '1'] = choice.split('=');
    if (!names.includes(name) || !/^[1-9]\d{0,6}$/.test(weight)) throw invalidTier(choice, names);
    weights.set(name, Number(weight));
  }
  const all = names.map((name) => (chosen.length === 0 ? 1 : (weights.get(name) ?? 0)));
  const used = all.filter((weight) => weight > 0).length;
  if (clients >= used) return all;
  throw invalidOption({
    location: '--clients',
    found: `${clients} for ${used} tiers`,
    expected: 'at least one client for each tier',
    fix: 'Raise --clients, or choose the tiers with --tier.',
  });
}

/** Returns the route with an id. */
export function routeById(api: Api, id: string): Route {
  const routes: Readonly<Record<string, Route>> = api.routes;
  const found = Object.hasOwn(routes, id) ? routes[id] : undefined;
  if (found !== undefined) return found;
  throw invalidOption({
    location: '--route',
    found: JSON.stringify(id),
    expected: `one of ${Object.keys(routes).join(', ')}`,
    fix: 'Name a route of the definition.',
  });
}

/** Rejects a trial that takes minutes to compute. */
export function requireFeasible(requests: number): void {
  if (requests <= MAX_REQUESTS) return;
  throw invalidOption({
    location: '--rps × --seconds',
    found: `${requests} requests`,
    expected: `at most ${MAX_REQUESTS}`,
    fix: 'Simulate a shorter time or fewer requests a second.',
  });
}

function invalidTier(choice: string, names: readonly string[]): Error {
  return invalidOption({
    location: '--tier',
    found: JSON.stringify(choice),
    expected: `one of ${names.join(', ')}, optionally with a weight from 1 to 9999999`,
    fix: 'Write it like free=9 premium=1.',
  });
}
