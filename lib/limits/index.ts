export { type Cost, costOf } from './cost.ts';
export { DEFAULT_STAGE_THROTTLE, enforcedLimits } from './enforced.ts';
export { PRICES, PRICES_OF, type PricedRegion } from './prices.ts';
export { type RateRule, rateRules } from './rules.ts';
export { simulate, type TrialResult } from './simulate.ts';
export type { Counts, GroupResult } from './summary.ts';
export { isExact, routeLimits } from './told.ts';
export { PATTERNS, type Pattern } from './traffic.ts';
