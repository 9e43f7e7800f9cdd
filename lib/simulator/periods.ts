import type { Quota } from '../definition/tiers.ts';

const DAY_MS = 86_400_000;

/** When the calendar period that holds a moment begins and ends, in UTC: a day, a week from Sunday, a month. */
export function periodOf(per: Quota['per'], nowMs: number): { readonly startMs: number; readonly endMs: number } {
  const date = new Date(nowMs);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (per === 'MONTH') return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
  const midnight = Date.UTC(year, month, day);
  if (per === 'DAY') return { startMs: midnight, endMs: midnight + DAY_MS };
  const sunday = midnight - date.getUTCDay() * DAY_MS;
  return { startMs: sunday, endMs: sunday + 7 * DAY_MS };
}
