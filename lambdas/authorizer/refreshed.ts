/** A value that is loaded when it is needed, kept for a while and loaded again. */
export interface Refreshed<T> {
  /** The value, loaded again once it is too old. A failed renewal keeps the old value while it is not stale. */
  get(): Promise<T>;
  /** Loads again; when the last load began less than `pauseMs` ago, gives (or throws) what that one did. */
  renew(): Promise<T>;
}

/** Times in milliseconds. */
export interface RefreshedOptions {
  readonly maxAgeMs: number;
  /** Until this age a value is used although it cannot be renewed. */
  readonly staleMs: number;
  /** Least time between two loads that nobody's clock asked for. */
  readonly pauseMs: number;
  /** Default: the current time. */
  readonly now?: () => number;
}

/**
 * Loads a value at most once at a time: callers that come while it loads share the answer. A failed first load is not
 * kept, so the next caller tries again.
 */
export function refreshed<T>(load: () => Promise<T>, options: RefreshedOptions): Refreshed<T> {
  const now = options.now ?? Date.now;
  let kept: { readonly value: T; readonly at: number } | undefined;
  let loading: Promise<T> | undefined;
  let lastStart = Number.NEGATIVE_INFINITY;
  let failure: { readonly error: unknown } | undefined;

  const start = (): Promise<T> => {
    if (loading !== undefined) return loading;
    lastStart = now();
    loading = load()
      .then((value) => {
        kept = { value, at: now() };
        failure = undefined;
        return value;
      })
      .catch((error: unknown) => {
        failure = { error };
        throw error;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };

  return {
    async get() {
      const age = kept === undefined ? Number.POSITIVE_INFINITY : now() - kept.at;
      if (kept === undefined || age >= options.staleMs) return start();
      if (age < options.maxAgeMs || now() - lastStart < options.pauseMs) return kept.value;
      const old = kept.value;
      return start().catch(() => old);
    },
    async renew() {
      const paused = kept !== undefined && loading === undefined && now() - lastStart < options.pauseMs;
      if (!paused || kept === undefined) return start();
      if (failure !== undefined) throw failure.error;
      return kept.value;
    },
  };
}
