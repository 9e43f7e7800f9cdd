import type { ExactRule } from '../../../lib/definition/bundledTypes.ts';
import type { SharedCounts } from './sharedCounts.ts';
import { EMPTY, sliceOf, type WindowState } from './slidingWindow.ts';

/** Requests taken one by one from a lease, which one write takes from the table. */
export interface LeasedCounts {
  take(id: string, rule: ExactRule, nowMs: number): Promise<LeasedTake>;
  /** Requests of an id that are taken and not yet used. */
  left(id: string): number;
}

/** The result of a request, with the rest of its lease. */
export interface LeasedTake {
  readonly taken: boolean;
  readonly state: WindowState;
  readonly left: number;
}

interface Lease {
  readonly slice: number;
  left: number;
}

/**
 * Takes leases: `rule.lease` requests by one write, or a single one when fewer are left. A lease is used in the slice
 * of time in which it was taken and no later, since it is counted there: what is not used by then is lost. Requests
 * that come while a lease is fetched wait for it instead of fetching another.
 */
export function leasedCounts(counts: SharedCounts): LeasedCounts {
  const leases = new Map<string, Lease>();
  const fetching = new Map<string, Promise<unknown>>();

  const use = (id: string, slice: number): boolean => {
    const lease = leases.get(id);
    if (lease === undefined) return false;
    if (lease.slice === slice && lease.left > 0) {
      lease.left -= 1;
      return true;
    }
    leases.delete(id);
    return false;
  };
  const left = (id: string) => leases.get(id)?.left ?? 0;
  const fetched = async (id: string, rule: ExactRule, nowMs: number): Promise<LeasedTake> => {
    const { taken, state } = await counts.take(id, rule, { count: rule.lease, nowMs });
    if (!taken) return { ...(await counts.take(id, rule, { count: 1, nowMs })), left: 0 };
    leases.set(id, { slice: sliceOf(rule, nowMs), left: rule.lease - 1 });
    return { taken, state, left: rule.lease - 1 };
  };

  return {
    left,
    async take(id, rule, nowMs) {
      if (rule.lease === 1) return { ...(await counts.take(id, rule, { count: 1, nowMs })), left: 0 };
      for (;;) {
        if (use(id, sliceOf(rule, nowMs))) return { taken: true, state: counts.peek(id) ?? EMPTY, left: left(id) };
        const others = fetching.get(id);
        if (others === undefined) break;
        await others.catch(() => undefined);
      }
      const own = fetched(id, rule, nowMs).finally(() => fetching.delete(id));
      fetching.set(id, own);
      return own;
    },
  };
}
