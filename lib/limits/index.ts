export { type Cost, costOf } from './cost.ts';
export { ADDRESS_WINDOW_SECONDS, DEFAULT_STAGE_THROTTLE, defaultAddressLimit, enforcedLimits } from './enforced.ts';
export { PRICES, PRICES_OF, type PricedRegion } from './prices.ts';
export { simulate, type TrialResult } from './simulate.ts';
export type { Counts, GroupResult } from './summary.ts';
export { PATTERNS, type Pattern } from './traffic.ts';
