/** Who ends a request, in the order in which a request meets them; `served` when nobody does. */
export const VERDICTS = ['served', 'waf', 'rate', 'quota', 'stage'] as const;

/** The word for a verdict. */
export type VerdictName = (typeof VERDICTS)[number];

/** A verdict as a number, so that millions of them fit a typed array: the index of its word in {@link VERDICTS}. */
export type Verdict = 0 | 1 | 2 | 3 | 4;

export const SERVED: Verdict = 0;
export const WAF: Verdict = 1;
export const RATE: Verdict = 2;
export const QUOTA: Verdict = 3;
export const STAGE: Verdict = 4;
