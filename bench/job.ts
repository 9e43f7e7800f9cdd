/** What passes between the bench of functions and the processes that run them. */

/** What to run. */
export interface Job {
  /** Path of a module that exports `handler`. */
  readonly module: string;
  /** Called in turn. */
  readonly events: readonly object[];
}

/** Milliseconds from the start of the process to the first answer; microseconds of a warm call. */
export interface Measured {
  readonly coldMs: number;
  readonly warmUs: number;
}

/** Printed once the first event is answered; the last line is the warm call's microseconds. */
export const ANSWERED = 'first event answered';
