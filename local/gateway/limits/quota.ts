/** The quota of a usage plan, counted by calendar period in UTC. */
import type { QuotaModel } from '../../assembly/model.ts';

const DAY_MS = 86_400_000;

/** Counts requests; each period starts at 0. */
export interface QuotaCounter {
  /** Spends one request; `false` when the period's limit is reached, and then spends nothing. */
  spend(now: number): boolean;
  /** Requests spent in the period of `now`. */
  used(now: number): number;
}

/** What is used of a quota, whatever its limit. */
interface QuotaUse {
  /** Of the period, in milliseconds since the epoch. */
  start: number;
  used: number;
}

/** Nothing is used yet. */
export function createQuotaUse(): QuotaUse {
  return { start: Number.NEGATIVE_INFINITY, used: 0 };
}

/** Makes a counter. `now` of `spend` is in milliseconds since the epoch; the period is its calendar day, week or month. */
export function createQuota({ limit, period }: QuotaModel, use: QuotaUse = createQuotaUse()): QuotaCounter {
  const startPeriod = (now: number) => {
    const current = periodStart(period, now);
    if (current === use.start) return;
    use.start = current;
    use.used = 0;
  };
  return {
    spend(now) {
      startPeriod(now);
      if (use.used >= limit) return false;
      use.used += 1;
      return true;
    },
    used(now) {
      startPeriod(now);
      return use.used;
    },
  };
}

/** Start of the calendar period of `now`: midnight UTC of the day, of Sunday, or of the first of the month. */
export function periodStart(period: QuotaModel['period'], now: number): number {
  const date = new Date(now);
  if (period === 'MONTH') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return period === 'DAY' ? midnight : midnight - date.getUTCDay() * DAY_MS;
}
