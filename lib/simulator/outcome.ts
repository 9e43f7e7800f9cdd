/** What ends a request, in the order of the checks; `served` when no check rejects it. */
export const OUTCOMES = ['served', 'waf', 'rate', 'quota', 'stage'] as const;

/** The name of an outcome. */
export type OutcomeName = (typeof OUTCOMES)[number];

/** An outcome as its index in {@link OUTCOMES}, so that millions fit a typed array. */
export type Outcome = 0 | 1 | 2 | 3 | 4;

export const SERVED: Outcome = 0;
export const WAF: Outcome = 1;
export const RATE: Outcome = 2;
export const QUOTA: Outcome = 3;
export const STAGE: Outcome = 4;
