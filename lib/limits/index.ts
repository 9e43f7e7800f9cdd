export { hasExactLimit, routeLimits } from './advertised.ts';
export { ACCOUNT_RATE, DEFAULT_STAGE_THROTTLE, enforcedLimits, USABLE_SHARE } from './enforced.ts';
export { type RateRule, rateRules } from './rules.ts';
