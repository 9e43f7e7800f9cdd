import type { Quota } from '../definition/tiers.ts';

const DAY_MS = 86_400_000;

/** The quotas of many keys. */
export interface Quotas {
  /** Spends one request of a key; `false`, and nothing spent, when its period has none left. */
  spend(key: number, nowMs: number): boolean;
}

/**
 * Quotas by calendar period in UTC. Time must not run backwards: the periods are those of the latest moment.
 *
 * @param quotas - of each tier.
 * @param tierOf - the tier of each key.
 */
export function createQuotas(quotas: readonly Quota[], tierOf: Uint16Array): Quotas {
  const limits = Float64Array.from(quotas, ({ requests }) => requests);
  const ends = new Float64Array(quotas.length).fill(Number.NEGATIVE_INFINITY);
  const period = new Uint32Array(quotas.length);
  const used = new Float64Array(tierOf.length);
  const usedIn = new Uint32Array(tierOf.length);
  const turn = (tier: number, nowMs: number) => {
    ends[tier] = periodOf(quotas[tier]?.per ?? 'DAY', nowMs).endMs;
    period[tier] = (period[tier] ?? 0) + 1;
  };
  return {
    spend(key, nowMs) {
      const tier = tierOf[key] ?? 0;
      if (nowMs >= (ends[tier] ?? 0)) turn(tier, nowMs);
      const current = period[tier] ?? 0;
      const before = usedIn[key] === current ? (used[key] ?? 0) : 0;
      if (before >= (limits[tier] ?? 0)) return false;
      used[key] = before + 1;
      usedIn[key] = current;
      return true;
    },
  };
}

/** When the calendar period that holds a moment begins and ends, in UTC: a day, a week from Sunday, a month. */
function periodOf(per: Quota['per'], nowMs: number): { readonly startMs: number; readonly endMs: number } {
  const date = new Date(nowMs);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (per === 'MONTH') return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
  const midnight = Date.UTC(year, month, day);
  if (per === 'DAY') return { startMs: midnight, endMs: midnight + DAY_MS };
  const sunday = midnight - date.getUTCDay() * DAY_MS;
  return { startMs: sunday, endMs: sunday + 7 * DAY_MS };
}
