/** Maximum number of entries; they are small, and an instance serves one request at a time. */
const MAX_ENTRIES = 10_000;

/** Values by key, cached for a limited time. */
export interface TtlCache<T> {
  get(key: string): T | undefined;
  /** @param untilMs when the entry expires, if that is before it reaches the maximum age. */
  set(key: string, value: T, untilMs?: number): void;
  delete(key: string): void;
}

/**
 * Caches values up to an age. In a full cache, a new key replaces the oldest one. After a step of the clock to before an entry was made, nobody
 * knows its age, so it is gone.
 */
export function ttlCache<T>(maxAgeMs: number, now: () => number = Date.now): TtlCache<T> {
  const entries = new Map<string, { readonly value: T; readonly at: number; readonly until: number }>();
  return {
    get(key) {
      const found = entries.get(key);
      if (found === undefined) return undefined;
      const time = now();
      if (found.at <= time && time < found.until) return found.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value, untilMs = Number.POSITIVE_INFINITY) {
      entries.delete(key);
      const oldest = entries.size >= MAX_ENTRIES ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      const at = now();
      entries.set(key, { value, at, until: Math.min(at + maxAgeMs, untilMs) });
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
