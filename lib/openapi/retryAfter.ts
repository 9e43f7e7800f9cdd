import type { Api } from '../definition/api.ts';

/**
 * Seconds after which every bucket of an API has a token again: that of the slowest limit needs the longest. One answer
 * serves all buckets, and a client that comes back too early is only refused again, so the longest is the honest one.
 */
export function throttleSeconds({ tiers, routes, anonymous }: Pick<Api, 'tiers' | 'routes' | 'anonymous'>): number {
  const own = Object.values(routes).flatMap(({ limits }) => Object.values(limits));
  const all = [...Object.values(tiers), ...own, ...(anonymous === undefined ? [] : [anonymous])];
  return Math.max(1, ...all.map(({ rate }) => Math.ceil(1 / rate)));
}
