/** What passes between the bench of functions and the processes that run them. */

/** Calls before the measured ones, until the code is compiled; and those that are measured. */
export const WARM_UP = 500;
export const CALLS = 3_000;
/** The first one and all others: with as many events, none is seen twice, so no cache can skip the work. */
export const ALL_CALLS = 1 + WARM_UP + CALLS;

/** What to run. */
export interface Job {
  /** Path of a module that exports `handler`. */
  readonly module: string;
  /** Called in turn, from the first again after the last. */
  readonly events: readonly object[];
}

/** Milliseconds from the start of the process to the first response; microseconds of a warm call. */
export interface Measured {
  readonly coldMs: number;
  readonly warmUs: number;
}

/** Printed once the first event has its response; the last line is the warm call's microseconds. */
export const FIRST_RESPONSE = 'first response returned';
