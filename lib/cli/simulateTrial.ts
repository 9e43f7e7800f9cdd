import type { Api, Route } from '../definition/api.ts';
import { ConfigError } from '../definition/errors.ts';

/** Half a minute of computing; beyond it, a shorter trial tells the same. */
const MOST_REQUESTS = 500_000_000;

/**
 * How many clients each tier has, relative to the others, in the order of the definition.
 *
 * @param chosen `name` or `name=weight` of each tier; none stands for all tiers alike.
 * @throws {ConfigError} `option-invalid` for a tier that is not defined, a weight that is none, or too few clients.
 */
export function tierWeights(api: Api, chosen: readonly string[], clients: number): readonly number[] {
  const names = Object.keys(api.tiers);
  const weights = new Map<string, number>();
  for (const choice of chosen) {
    const [name = '', weight = '1'] = choice.split('=');
    if (!names.includes(name) || !/^[1-9]\d{0,6}$/.test(weight)) throw wrong(choice, names);
    weights.set(name, Number(weight));
  }
  const all = names.map((name) => (chosen.length === 0 ? 1 : (weights.get(name) ?? 0)));
  const used = all.filter((weight) => weight > 0).length;
  if (clients >= used) return all;
  throw new ConfigError({
    code: 'option-invalid',
    location: '--clients',
    found: `${clients} for ${used} tiers`,
    expected: 'at least one client for each tier',
    fix: 'Raise --clients, or choose the tiers with --tier.',
  });
}

/** The route by its id. */
export function knownRoute(api: Api, id: string): Route {
  const routes: Readonly<Record<string, Route>> = api.routes;
  const found = Object.hasOwn(routes, id) ? routes[id] : undefined;
  if (found !== undefined) return found;
  throw new ConfigError({
    code: 'option-invalid',
    location: '--route',
    found: JSON.stringify(id),
    expected: `one of ${Object.keys(routes).join(', ')}`,
    fix: 'Name a route of the definition.',
  });
}

/** Refuses a trial that would take minutes. */
export function mostRequests(requests: number): void {
  if (requests <= MOST_REQUESTS) return;
  throw new ConfigError({
    code: 'option-invalid',
    location: '--rps × --seconds',
    found: `${requests} requests`,
    expected: `at most ${MOST_REQUESTS}`,
    fix: 'Simulate less time or fewer requests a second.',
  });
}

function wrong(choice: string, names: readonly string[]): ConfigError {
  return new ConfigError({
    code: 'option-invalid',
    location: '--tier',
    found: JSON.stringify(choice),
    expected: `one of ${names.join(', ')}, with a weight from 1 to 9999999 or without`,
    fix: 'Write it like free=9 premium=1.',
  });
}
