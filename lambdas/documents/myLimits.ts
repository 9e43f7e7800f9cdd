import { secure } from './secure.ts';

export const handler = secure('myLimits', ({ caller, limits }) => ({
  status: 200,
  body: { tier: caller.tier, limits: limits.map((limit) => ({ ...limit })) },
}));
