import type { Inside, NoOtherNames, Of } from './roles.ts';

/** Steady requests a second and the size of the bucket that absorbs a burst, as a definition writes them. */
export interface RateLimitInput {
  /** Requests a second, more than 0, at most 10,000 (the default account limit of a region). */
  readonly rate: number;
  /** Requests at once, a whole number from 1 to 5,000. */
  readonly burst: number;
  /**
   * A limit that the handler enforces exactly, beside the gateway's best effort. `true`: what the rate allows in a minute, for
   * each client. Default: none.
   */
  readonly exact?: ExactLimitInput | true;
}

/**
 * A limit that no window of its length exceeds, however many instances serve: requests are counted in a table, by
 * conditional writes.
 */
export interface ExactLimitInput {
  /** Requests in the window, 1–1,000,000. */
  readonly requests: number;
  /** Seconds of the sliding window, 1–86,400. */
  readonly perSeconds: number;
  /**
   * What it counts by: the OAuth client, the user, the address, or a claim of the definition, such as `claims.tenant`. Public
   * routes know the address alone; a caller without an optional claim is counted by the client. Default: `client`.
   */
  readonly by?: 'client' | 'user' | 'address' | `claims.${string}`;
  /**
   * While the table is slow or unreachable: each instance counts for itself (`count-alone`), or requests are rejected with
   * 503 (`reject`). Default: `count-alone`.
   */
  readonly onUnavailable?: 'count-alone' | 'reject';
  /**
   * Requests that an instance takes from the table at once, 1–1,000 and at most a tenth of `requests`. A larger lease needs
   * fewer writes; a client that many instances serve may get that many requests less from each. Default: 1.
   */
  readonly lease?: number;
  /**
   * Milliseconds that a request waits for its turn before it is rejected, 1–10,000. The function is paid while it waits.
   * Default: the request is rejected at once.
   */
  readonly delayMs?: number;
}

/** An exact limit with every default filled in; `delayMs` is 0 where requests do not wait. */
export type ExactLimit = Required<ExactLimitInput>;

/** A rate limit with its exact limit resolved. */
export interface RateLimit extends Omit<RateLimitInput, 'exact'> {
  readonly exact?: ExactLimit;
}

/** As {@link NoOtherNames}, also inside of `exact` and `quota`. */
export type NoOtherLimits<Written, Known> = NoOtherNames<Written, Known> &
  Inside<Written, 'exact', NoOtherNames<Of<Written, 'exact'>, ExactLimitInput>> &
  Inside<Written, 'quota', NoOtherNames<Of<Written, 'quota'>, Quota>>;

/** How many requests a client has in a calendar period. */
export interface Quota {
  /** A whole number, at least 1. */
  readonly requests: number;
  readonly per: 'DAY' | 'WEEK' | 'MONTH';
}

/** A tier of clients, as a definition writes it; it becomes a usage plan. */
export interface TierInput extends RateLimitInput {
  readonly quota: Quota;
  /**
   * Makes the tier for these clients: they have it whatever their tokens say, and no other client can have it. A client has
   * one such tier at most. Default: every client whose token names the tier.
   */
  readonly clients?: readonly string[];
}

/** A checked tier. */
export type Tier = RateLimit & Pick<TierInput, 'quota' | 'clients'>;

/** Limits of public routes, where no token identifies the caller, as a definition writes them. */
export interface AnonymousLimitInput extends RateLimitInput {
  /**
   * Requests of one address to all public routes together in five minutes, 10–2,000,000,000. Default: a tenth of what a
   * public route allows in that time, at least 100.
   */
  readonly perAddress?: number;
}

/** Checked limits of public routes. */
export type AnonymousLimit = RateLimit & Required<Pick<AnonymousLimitInput, 'perAddress'>>;

/** Seconds over which WAF counts: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
export type FloodWindow = 60 | 120 | 300 | 600;

/** How many requests one address may send to a route before WAF blocks more of them. */
export interface FloodLimit {
  /** 10–2,000,000,000. */
  readonly requests: number;
  readonly perSeconds: FloodWindow;
}

export type TiersInput = Readonly<Record<string, TierInput>>;

const MINUTE_SECONDS = 60;
/** Five minutes, the window of the limits by address. */
const ADDRESS_WINDOW_SECONDS = 300;
const MIN_PER_ADDRESS = 100;

/** Resolves the exact limit of a rate limit; the input has passed the checks. */
export function rateLimit<const Limit extends RateLimitInput>({
  exact,
  ...limit
}: Limit): Omit<Limit, 'exact'> & Pick<RateLimit, 'exact'> {
  if (exact === undefined) return limit;
  const minute: ExactLimitInput = {
    requests: Math.max(1, Math.ceil(limit.rate * MINUTE_SECONDS)),
    perSeconds: MINUTE_SECONDS,
  };
  const written = exact === true ? minute : exact;
  const { requests, perSeconds, by = 'client', onUnavailable = 'count-alone', lease = 1, delayMs = 0 } = written;
  return { ...limit, exact: { requests, perSeconds, by, onUnavailable, lease, delayMs } };
}

/** Fills in the limits of public routes: an exact one counts by address, the only thing known of their callers. */
export function anonymousLimit(input: AnonymousLimitInput): AnonymousLimit {
  const { exact, ...limit } = rateLimit(input);
  const tenth = Math.ceil((input.rate * ADDRESS_WINDOW_SECONDS) / 10);
  return {
    ...limit,
    perAddress: input.perAddress ?? Math.max(MIN_PER_ADDRESS, tenth),
    ...(exact === undefined ? {} : { exact: { ...exact, by: 'address' } }),
  };
}
