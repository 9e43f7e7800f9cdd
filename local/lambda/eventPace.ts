/** How fast a function handles its events, and so how many of them an instance has at a time. */

/**
 * Milliseconds of events that an instance has at a time, so that its thread does not sleep between short ones. Waking it takes a tenth of one.
 * What waits behind an event that has run for so long goes to an idle instance.
 */
export const GIVEN_MS = 3;
/** However short they are. */
const MOST_GIVEN = 32;
/** What its instance measured, because results wait where the thread of the gateway is busy. */
const SHORT_MS = 6;
/** Share of the last event in the mean duration: a long one counts at once, and for some dozens of short ones. */
const NEWEST_SHARE = 0.1;

/** The durations of the events of a function. */
export interface EventPace {
  /** An event has ended. */
  ended(durationMs: number): void;
  /** How many events an instance has at a time: one while they are long, and before any has ended. */
  readonly atATime: number;
  /** Whether an event has ended. */
  readonly isKnown: boolean;
  /** Whether an instance is through with a queue sooner than another one has started; false before any event has ended. */
  readonly isShort: boolean;
}

/** Knows nothing yet. */
export function createEventPace(): EventPace {
  let meanMs: number | undefined;
  let isFirst = true;
  return {
    ended(durationMs) {
      if (meanMs === undefined) meanMs = durationMs;
      else {
        // The first one ran code that was not run before, so it says little of the next ones.
        const before = isFirst ? durationMs : meanMs;
        meanMs = before * (1 - NEWEST_SHARE) + durationMs * NEWEST_SHARE;
        isFirst = false;
      }
    },
    get atATime() {
      if (meanMs === undefined) return 1;
      return Math.max(1, Math.min(MOST_GIVEN, Math.floor(GIVEN_MS / meanMs)));
    },
    get isKnown() {
      return meanMs !== undefined;
    },
    get isShort() {
      return meanMs !== undefined && meanMs < SHORT_MS;
    },
  };
}
