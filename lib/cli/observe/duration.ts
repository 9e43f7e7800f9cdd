import { InvalidArgumentError } from 'commander';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** The logs are kept for so long unless a prop says otherwise. */
const MAX_MS = 400 * UNITS_MS.d;

/** Parses a length of time, such as `15m`, into milliseconds. */
export function duration(value: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  const ms = Number(count) * (UNITS_MS[unit as keyof typeof UNITS_MS] ?? Number.NaN);
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new InvalidArgumentError('expected a length of time such as 30s, 15m, 6h or 2d.');
}
