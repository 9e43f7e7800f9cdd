/** Values by key, of which the cache keeps those that were used last. */
export interface SizedCache<T> {
  get(key: string): T | undefined;
  /** @param bytes about what key and value take in memory. */
  set(key: string, value: T, bytes: number): void;
}

/** Caches values that take at most so many bytes together. In a full cache, a new value replaces those that were not used for longest. */
export function sizedCache<T>(maxBytes: number): SizedCache<T> {
  const entries = new Map<string, { readonly value: T; readonly bytes: number }>();
  let total = 0;
  let newest: string | undefined;
  return {
    get(key) {
      const found = entries.get(key);
      if (found === undefined) return undefined;
      if (key !== newest) {
        // A map keeps the order in which keys were added.
        entries.delete(key);
        entries.set(key, found);
        newest = key;
      }
      return found.value;
    },
    set(key, value, bytes) {
      total += bytes - (entries.get(key)?.bytes ?? 0);
      entries.delete(key);
      entries.set(key, { value, bytes });
      newest = key;
      for (const [oldest, entry] of entries) {
        if (total <= maxBytes) break;
        entries.delete(oldest);
        total -= entry.bytes;
      }
    },
  };
}
