import { describe, expect, it } from 'vitest';
import { shownNumber } from '../../../lambdas/notifier/measured.ts';
import { duration } from '../../../lambdas/notifier/times.ts';

describe('numbers and durations', () => {
  it.each([
    [0.0123, '0.012'],
    [6.789, '6.79'],
    [99.999, '100'],
    [1234.5, '1,235'],
    [2_500_000, '2,500,000'],
    [7_100_000_000, '7.1 billion'],
    [-5, '-5'],
    [4e18, '4.00e+18'],
  ])('%d is %s', (value, shown) => {
    expect(shownNumber(value)).toBe(shown);
  });

  it.each([
    [0, '0 seconds'],
    [61_000, '1 minute 1 second'],
    [86_400_000, '1 day'],
    [5_400_000, '1 hour 30 minutes'],
  ])('%d ms are %s', (ms, shown) => {
    expect(duration(ms)).toBe(shown);
  });
});
