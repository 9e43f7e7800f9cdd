/** What limits have counted and caches hold, over the updates of a gateway. */
export interface KeptState {
  /** What was made for the same name and definition, or else what `make` makes, which takes its place. */
  of<T>(name: string, definition: unknown, make: () => T): T;
  /** The same entries for the next gateway. What that one makes does not change these. */
  fork(): KeptState;
}

/** A counter or a cache, with the definition that it was made for. */
interface Kept {
  readonly definition: string;
  readonly value: unknown;
}

/** Starts with nothing. The number of names is bounded by what a stack defines and by its API keys. */
export function createKeptState(entries: ReadonlyMap<string, Kept> = new Map()): KeptState {
  const kept = new Map(entries);
  return {
    of<T>(name: string, definition: unknown, make: () => T): T {
      const wanted = JSON.stringify(definition) ?? '';
      const known = kept.get(name);
      if (known?.definition === wanted) return known.value as T;
      const value = make();
      kept.set(name, { definition: wanted, value });
      return value;
    },
    fork: () => createKeptState(kept),
  };
}
