/** A value that is loaded on demand, cached for a limited time, and reloaded. */
export interface RefreshingValue<T> {
  /**
   * Returns the value. From the age `refreshMs` on, it is reloaded in the background; from `maxAgeMs` on, before it is
   * returned. If a reload fails, the old value is returned until it is stale.
   */
  get(): Promise<T>;
  /** What {@link get} returns, where that needs no load and waits for none; else undefined. */
  young(): T | undefined;
  /** Reloads the value; if the last load began less than `pauseMs` ago, returns or throws the result of that load. */
  renew(): Promise<T>;
  /** Begins a load before the value is needed, unless a young one is there. It never throws: a failed load is repeated by the next call. */
  prepare(): void;
}

/** Times in milliseconds. */
export interface RefreshOptions<T> {
  /** Default: no reload in the background. */
  readonly refreshMs?: number;
  readonly maxAgeMs: number;
  /** Until this age, a value is used although it cannot be reloaded. */
  readonly staleMs: number;
  /** Minimum interval between on-demand reloads, and between attempts after a failure. */
  readonly pauseMs: number;
  /** A value that was loaded elsewhere, and its time. */
  readonly initial?: Loaded<T>;
  /** Default: the current time. */
  readonly now?: () => number;
}

interface Loaded<T> {
  readonly value: T;
  readonly at: number;
}

/**
 * A load that began this long ago is not shared: Lambda froze the instance in the meantime, and the result is as old as the
 * start of the load.
 */
const ABANDONED_MS = 10_000;
/**
 * The same for a load that no caller waited for: after its init phase, Lambda can freeze an instance for hours, and then both the
 * connection and the time of the load are over.
 */
const PREPARED_MS = 1_000;

/**
 * Loads a value at most once at a time: calls during a load share its result. A failed first load is not cached, so the next
 * call tries again. After a step of the clock to before a value was loaded, nobody knows its age, so it is loaded again before it is used.
 */
export function refreshingValue<T>(load: () => Promise<T>, options: RefreshOptions<T>): RefreshingValue<T> {
  const now = options.now ?? Date.now;
  const { refreshMs = options.maxAgeMs, maxAgeMs, staleMs, pauseMs } = options;
  const state = loader(load, { initial: options.initial, now });
  const ageOf = ({ at }: Loaded<T>) => since(at, now());
  const isStale = (loaded: Loaded<T>) => ageOf(loaded) >= Math.max(staleMs, maxAgeMs);
  const isPaused = () => since(state.lastStart, now()) < pauseMs;

  return {
    young() {
      const { current } = state;
      return current !== undefined && ageOf(current) < refreshMs && !isStale(current) ? current.value : undefined;
    },
    async get() {
      const { current } = state;
      if (current === undefined || isStale(current)) return state.start();
      const age = ageOf(current);
      // At the maximum age, wait for a load that is already running.
      const isDue = age >= maxAgeMs && state.isLoading();
      if (age < refreshMs || (isPaused() && !isDue)) return current.value;
      const reloaded = state.start().catch((error: unknown) => {
        // No caller waits for a reload in the background, so its failure is ignored.
        if (age >= maxAgeMs && isStale(current)) throw error;
        return current.value;
      });
      return age < maxAgeMs ? current.value : reloaded;
    },
    async renew() {
      if (state.current === undefined || state.isLoading() || !isPaused()) return state.start();
      if (state.failure !== undefined) throw state.failure.error;
      return state.current.value;
    },
    prepare() {
      const { current } = state;
      if (current === undefined || ageOf(current) >= refreshMs) state.start(PREPARED_MS).catch(() => {});
    },
  };
}

/** Milliseconds since a time; more than any limit if the clock was set back to before it. */
function since(at: number, now: number): number {
  return now < at ? Number.POSITIVE_INFINITY : now - at;
}

interface Loader<T> {
  current: Loaded<T> | undefined;
  failure: { readonly error: unknown } | undefined;
  lastStart: number;
  isLoading(): boolean;
  /** Loads, or shares the load in progress, which can be shared for some time. */
  start(sharedMs?: number): Promise<T>;
}

function loader<T>(load: () => Promise<T>, given: { initial: Loaded<T> | undefined; now: () => number }): Loader<T> {
  /** What a load throws is the rejection of its promise. */
  const loadSafely = async () => load();
  let loading: Promise<T> | undefined;
  let lastSharedMs = ABANDONED_MS;
  const state: Loader<T> = {
    current: given.initial,
    failure: undefined,
    lastStart: Number.NEGATIVE_INFINITY,
    isLoading: () => loading !== undefined && since(state.lastStart, given.now()) < lastSharedMs,
    start(sharedMs = ABANDONED_MS) {
      if (loading !== undefined && state.isLoading()) return loading;
      // The age counts from the start of the load, so a change at the origin during the load is noticed in time.
      const at = given.now();
      state.lastStart = at;
      lastSharedMs = sharedMs;
      const started: Promise<T> = loadSafely()
        .then((value) => {
          const isNewer = state.current === undefined || at >= state.current.at || state.current.at > given.now();
          if (isNewer) state.current = { value, at };
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
