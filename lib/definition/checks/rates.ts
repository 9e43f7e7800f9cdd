import type { Fault, FaultCode } from '../fault.ts';
import type { RateLimitInput } from '../tiers.ts';
import { formatValue } from './check.ts';

/** Default throttle of an account in a region: 10,000 requests a second, bucket of 5,000 (API Gateway quotas). */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;

/** Faults of a rate with its burst, each with one code when it is missing and one when it is out of bounds. */
export function rateFaults(
  location: string,
  limit: RateLimitInput | undefined,
  missing: FaultCode,
  wrong: FaultCode,
): readonly Fault[] {
  const bounds = { rate: ACCOUNT_RATE, burst: ACCOUNT_BURST } as const;
  return (['rate', 'burst'] as const).flatMap((key) => {
    const value = limit?.[key];
    const max = bounds[key];
    const fine = typeof value === 'number' && value > 0 && value <= max && (key === 'rate' || Number.isInteger(value));
    if (fine) return [];
    return [
      {
        code: value === undefined ? missing : wrong,
        location: `${location}.${key}`,
        found: formatValue(value),
        expected: key === 'rate' ? `requests a second, above 0, at most ${max}` : `a whole number from 1 to ${max}`,
        fix: value === undefined ? 'Set both rate and burst.' : 'Write a number within these bounds, without quotes.',
      },
    ];
  });
}
