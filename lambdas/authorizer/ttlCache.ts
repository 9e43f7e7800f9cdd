/** Answers kept at once; they are small, and an instance serves one request at a time. */
const MAX_KEPT = 10_000;

/** Answers by key that are good for a while. */
export interface TtlCache<T> {
  get(key: string): T | undefined;
  /** @param untilMs when it ends, if that is before its age does. */
  set(key: string, value: T, untilMs?: number): void;
  delete(key: string): void;
}

/** Keeps answers for a time; beyond a number of them the oldest goes first. */
export function ttlCache<T>(maxAgeMs: number, now: () => number = Date.now): TtlCache<T> {
  const kept = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined || now() < found.until) return found?.value;
      kept.delete(key);
      return undefined;
    },
    set(key, value, untilMs = Number.POSITIVE_INFINITY) {
      kept.delete(key);
      const oldest = kept.size >= MAX_KEPT ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(key, { value, until: Math.min(now() + maxAgeMs, untilMs) });
    },
    delete(key) {
      kept.delete(key);
    },
  };
}
