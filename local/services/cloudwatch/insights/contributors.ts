/** What contributors did in a stretch of time. Memory is bounded: of too many contributors the smallest are forgotten. */

/** What one contributor did. */
export interface Contribution {
  count: number;
  sum: number;
}

export interface Contributors {
  /** By the JSON of the values of their keys. */
  readonly byKey: Map<string, Contribution>;
  /** Those that were forgotten, which are still counted in the numbers below. */
  forgotten: number;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
}

export function noContributors(): Contributors {
  const [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return { byKey: new Map(), forgotten: 0, count: 0, sum: 0, minimum, maximum };
}

/** Adds `times` events of a contributor, each with a value. */
export function contribute(to: Contributors, key: string, value: number, times: number, limit: number): void {
  addTo(to, key, times, value * times);
  to.count += times;
  to.sum += value * times;
  to.minimum = Math.min(to.minimum, value);
  to.maximum = Math.max(to.maximum, value);
  // Twice as many are tolerated, so that sorting is rare.
  if (to.byKey.size > 2 * limit) forgetSmallest(to, limit);
}

/** Adds all of `from`. */
export function mergeInto(to: Contributors, from: Contributors): void {
  for (const [key, { count, sum }] of from.byKey) addTo(to, key, count, sum);
  to.forgotten = Math.max(to.forgotten, from.forgotten);
  to.count += from.count;
  to.sum += from.sum;
  to.minimum = Math.min(to.minimum, from.minimum);
  to.maximum = Math.max(to.maximum, from.maximum);
}

function addTo({ byKey }: Contributors, key: string, count: number, sum: number): void {
  const found = byKey.get(key);
  if (found === undefined) byKey.set(key, { count, sum });
  else {
    found.count += count;
    found.sum += sum;
  }
}

function forgetSmallest(of: Contributors, limit: number): void {
  const sorted = [...of.byKey].sort(([, a], [, b]) => b.sum - a.sum);
  of.byKey.clear();
  for (const [key, contribution] of sorted.slice(0, limit)) of.byKey.set(key, contribution);
  of.forgotten += sorted.length - limit;
}
