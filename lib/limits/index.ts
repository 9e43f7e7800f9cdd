export { hasExactLimit, routeLimits } from './advertised.ts';
export { DEFAULT_STAGE_THROTTLE, enforcedLimits } from './enforced.ts';
export { type RateRule, rateRules } from './rules.ts';
