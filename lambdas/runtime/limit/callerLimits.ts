import type { KnownLimits } from './rateLimitHeaders.ts';

/** A limit of the caller, as handlers see it. */
export interface CallerLimit {
  readonly name: string;
  /** Requests in the window. */
  readonly requests: number;
  /** Absent for a calendar month. */
  readonly perSeconds?: number;
  /** Exact limits only: what remains of the gateway's own limits is unknown here. */
  readonly remaining?: number;
  readonly resetSeconds?: number;
}

/** The limits of a caller for handlers. */
export function callerLimits({ policies, exact }: KnownLimits): readonly CallerLimit[] {
  if (exact?.result === undefined || exact.result.outcome === 'unavailable') return policies;
  const { name, requests, perSeconds } = exact.rule;
  const { remaining, resetSeconds } = exact.result;
  return [{ name, requests, perSeconds, remaining, resetSeconds }, ...policies];
}
