/** Steady requests a second and the size of the bucket that absorbs a burst. */
export interface RateLimit {
  /** Requests a second, more than 0, at most 10,000 (the default account limit of a region). */
  readonly rate: number;
  /** Requests at once, a whole number from 1 to 5,000. */
  readonly burst: number;
}

/** How many requests a client has in a calendar period. */
export interface Quota {
  /** A whole number, at least 1. */
  readonly requests: number;
  readonly per: 'DAY' | 'WEEK' | 'MONTH';
}

/** A tier of clients; it becomes a usage plan. */
export interface Tier extends RateLimit {
  readonly quota: Quota;
}

export type TiersInput = Readonly<Record<string, Tier>>;
