/** Who ends a request, in the order in which a request meets them; `served` when nobody does. */
export const OUTCOMES = ['served', 'waf', 'rate', 'quota', 'stage'] as const;

/** The word for a outcome. */
export type OutcomeName = (typeof OUTCOMES)[number];

/** A outcome as a number, so that millions of them fit a typed array: the index of its word in {@link OUTCOMES}. */
export type Outcome = 0 | 1 | 2 | 3 | 4;

export const SERVED: Outcome = 0;
export const WAF: Outcome = 1;
export const RATE: Outcome = 2;
export const QUOTA: Outcome = 3;
export const STAGE: Outcome = 4;
