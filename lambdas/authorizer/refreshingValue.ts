/** A value that is loaded when it is needed, kept for a while and loaded again. */
export interface RefreshingValue<T> {
  /**
   * The value. From the age of `refreshMs` on it is loaded again in the background, from `maxAgeMs` on before it is given. A
   * failed renewal keeps the old value while it is not stale.
   */
  get(): Promise<T>;
  /** Loads again; when the last load began less than `pauseMs` ago, gives (or throws) what that one did. */
  renew(): Promise<T>;
}

/** Times in milliseconds. */
export interface RefreshOptions<T> {
  /** Default: no renewal in the background. */
  readonly refreshMs?: number;
  readonly maxAgeMs: number;
  /** Until this age a value is used although it cannot be renewed. */
  readonly staleMs: number;
  /** Least time between two loads that nobody's clock asked for. */
  readonly pauseMs: number;
  /** A value that was loaded elsewhere, and when. */
  readonly initial?: Kept<T>;
  /** Default: the current time. */
  readonly now?: () => number;
}

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/**
 * A load that began so long ago is not shared: its instance was frozen meanwhile, as Lambda does between requests, and what
 * it brings is as old as its start.
 */
const ABANDONED_MS = 10_000;

/**
 * Loads a value at most once at a time: callers that come while it loads share the answer. A failed first load is not
 * kept, so the next caller tries again.
 */
export function refreshingValue<T>(load: () => Promise<T>, options: RefreshOptions<T>): RefreshingValue<T> {
  const now = options.now ?? Date.now;
  const { refreshMs = options.maxAgeMs, maxAgeMs, staleMs, pauseMs } = options;
  const state = loader(load, { initial: options.initial, now });
  const ageOf = ({ at }: Kept<T>) => now() - at;
  const isPaused = () => now() - state.lastStart < pauseMs;

  return {
    async get() {
      const { kept } = state;
      if (kept === undefined || ageOf(kept) >= Math.max(staleMs, maxAgeMs)) return state.start();
      if (ageOf(kept) < refreshMs || isPaused()) return kept.value;
      // A renewal that nobody waits for may fail without anybody to tell.
      const renewed = state.start().catch(() => kept.value);
      return ageOf(kept) < maxAgeMs ? kept.value : renewed;
    },
    async renew() {
      if (state.kept === undefined || state.isLoading() || !isPaused()) return state.start();
      if (state.failure !== undefined) throw state.failure.error;
      return state.kept.value;
    },
  };
}

interface Loader<T> {
  kept: Kept<T> | undefined;
  failure: { readonly error: unknown } | undefined;
  lastStart: number;
  isLoading(): boolean;
  /** Loads, or shares the load that is under way. */
  start(): Promise<T>;
}

function loader<T>(load: () => Promise<T>, given: { initial: Kept<T> | undefined; now: () => number }): Loader<T> {
  let loading: Promise<T> | undefined;
  const state: Loader<T> = {
    kept: given.initial,
    failure: undefined,
    lastStart: Number.NEGATIVE_INFINITY,
    isLoading: () => loading !== undefined && given.now() - state.lastStart < ABANDONED_MS,
    start() {
      if (loading !== undefined && state.isLoading()) return loading;
      // Counted from the start: what the source takes back while it answers is then known in time.
      const at = given.now();
      state.lastStart = at;
      const started: Promise<T> = load()
        .then((value) => {
          if (state.kept === undefined || at >= state.kept.at) state.kept = { value, at };
          if (loading === started) state.failure = undefined;
          return value;
        })
        .catch((error: unknown) => {
          if (loading === started) state.failure = { error };
          throw error;
        })
        .finally(() => {
          if (loading === started) loading = undefined;
        });
      loading = started;
      return started;
    },
  };
  return state;
}
