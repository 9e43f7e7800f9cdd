/** The cache of a Lambda authorizer's results, by the values of its identity sources. */

/** Limit for one authorizer; a new entry then replaces the oldest. API Gateway publishes no figure. */
const MAX_ENTRIES = 10_000;

/** A cache with a limited age and a limited number of entries. */
export interface AuthorizerCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/**
 * Makes a cache.
 *
 * @param ttlSeconds - 0 caches nothing.
 * @param time - real monotonic milliseconds.
 */
export function createAuthorizerCache<T>(ttlSeconds: number, time: () => number): AuthorizerCache<T> {
  // Every entry lives equally long, and a Map keeps insertion order, so the first entry is the first to expire.
  const entries = new Map<string, { readonly value: T; readonly expires: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (time() < entry.expires) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value) {
      if (ttlSeconds <= 0) return;
      entries.delete(key);
      const oldest = entries.size >= MAX_ENTRIES ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(key, { value, expires: time() + ttlSeconds * 1000 });
    },
  };
}

/** One key for several values; different lists of values have different keys. */
export function cacheKey(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : JSON.stringify(values);
}
