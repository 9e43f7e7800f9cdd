import type { KnownLimits } from './rateLimitHeaders.ts';

/** A limit of the caller, as a handler may tell it. */
export interface CallerLimit {
  readonly name: string;
  /** Requests in the window. */
  readonly requests: number;
  /** Absent for a calendar month. */
  readonly perSeconds?: number;
  /** Of exact limits alone: nobody but the gateway knows what remains of its own. */
  readonly remaining?: number;
  readonly resetSeconds?: number;
}

/** The limits of a caller in the words of a handler. */
export function callerLimits({ policies, exact }: KnownLimits): readonly CallerLimit[] {
  if (exact?.result === undefined || exact.result.outcome === 'unavailable') return policies;
  const { name, requests, perSeconds } = exact.rule;
  const { remaining, resetSeconds } = exact.result;
  return [{ name, requests, perSeconds, remaining, resetSeconds }, ...policies];
}
