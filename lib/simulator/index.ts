export { type Cost, costOf } from './cost.ts';
export { PRICES, PRICES_OF, type PricedRegion } from './prices.ts';
export { simulate, type TrialResult } from './simulate.ts';
export type { Counts, GroupResult } from './summary.ts';
export { PATTERNS, type Pattern } from './traffic.ts';
