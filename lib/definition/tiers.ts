/** Steady requests a second and the size of the bucket that absorbs a burst. */
export interface RateLimit {
  /** Requests a second, more than 0, at most 10,000 (the default account limit of a region). */
  readonly rate: number;
  /** Requests at once, a whole number from 1 to 5,000. */
  readonly burst: number;
  /**
   * Kept to the request by the handler, beside the gateway's best effort. `true`: what the rate allows in a minute, for each
   * client. Default: the gateway alone.
   */
  readonly exact?: ExactLimit | true;
}

/**
 * A limit that no request exceeds, in no window of its length, however many instances serve: counted in a table, by
 * conditional writes.
 */
export interface ExactLimit {
  /** Requests in the window, 1–1,000,000. */
  readonly requests: number;
  /** Seconds of the sliding window, 1–86,400. */
  readonly perSeconds: number;
  /** Whom it counts; public routes know the address alone. Default: `client`. */
  readonly by?: 'client' | 'user' | 'address';
  /**
   * While the table is slow or out of reach: each instance counts for itself (`count-alone`), or requests are refused with
   * 503 (`reject`). Default: `count-alone`.
   */
  readonly onUnavailable?: 'count-alone' | 'reject';
  /**
   * Requests that an instance takes from the table at once, 1–1,000 and at most a tenth of `requests`: fewer writes, and up to
   * so many requests less for whoever is served by many instances. Default: 1.
   */
  readonly lease?: number;
  /**
   * Milliseconds that a request waits for its turn before it is refused, 1–10,000. The function is paid while it waits.
   * Default: it is refused at once.
   */
  readonly delayMs?: number;
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
  /**
   * Clients that have this tier whatever their tokens say, and the only ones that can: a tier made for one customer.
   * A client has one such tier at most. Default: every client whose token names the tier.
   */
  readonly clients?: readonly string[];
}

/** Limits of public routes, where no token tells who calls. */
export interface AnonymousLimit extends RateLimit {
  /**
   * Requests of one address to all public routes together in five minutes, 10–2,000,000,000. Default: a tenth of what a
   * public route lets through in that time, at least 100.
   */
  readonly perAddress?: number;
}

/** Seconds over which the firewall counts: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
export type FloodWindow = 60 | 120 | 300 | 600;

/** How many requests one address may send to a route before the firewall refuses more of them. */
export interface FloodLimit {
  /** 10–2,000,000,000. */
  readonly requests: number;
  readonly perSeconds: FloodWindow;
}

export type TiersInput = Readonly<Record<string, Tier>>;
