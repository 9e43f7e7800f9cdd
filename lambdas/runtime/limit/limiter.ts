import { setTimeout as sleep } from 'node:timers/promises';
import type { ExactRule } from '../../../lib/definition/bundledTypes.ts';
import type { HandlerEnvironment, Readable } from '../../shared/wireContract.ts';
import { counterTable } from './counterTable.ts';
import { instanceCounts } from './instanceCounts.ts';
import { leasedCounts } from './leasedCounts.ts';
import { type SharedCounts, sharedCounts } from './sharedCounts.ts';
import { msUntilMore, remainingIn, SLICES, type WindowState } from './slidingWindow.ts';

/** The result of counting a request, or of reading the count. */
export interface LimitResult {
  readonly outcome: 'taken' | 'rejected' | 'unavailable';
  readonly remaining: number;
  /** Whole seconds until more requests are allowed; at least 1 when none are left. */
  readonly resetSeconds: number;
}

/** Applies exact limits. */
export interface Limiter {
  /** Takes one request of a counter; waits for its turn for as long as the rule allows. */
  take(id: string, rule: ExactRule): Promise<LimitResult>;
  /** What is left according to this instance, without counting; undefined when unknown. */
  peek(id: string, rule: ExactRule): LimitResult | undefined;
}

/** Time without calls to the table after a failure: each call would make its caller wait. */
const PAUSE_MS = 1_000;

/** The source of the time and of the counts; for tests. */
export interface LimiterParts {
  readonly counts?: SharedCounts;
  readonly now?: () => number;
}

/** Makes the limiter of a function; its table is that of the environment. */
export function exactLimiter(environment: Readable<HandlerEnvironment>, parts: LimiterParts = {}): Limiter {
  const { counts = sharedCounts(counterTable(environment)), now = Date.now } = parts;
  const own = instanceCounts();
  const leases = leasedCounts(counts);
  let pausedUntil = 0;

  const once = async (id: string, rule: ExactRule): Promise<LimitResult & { readonly waitMs: number }> => {
    const nowMs = now();
    if (nowMs >= pausedUntil) {
      try {
        const { taken, state, left } = await leases.take(id, rule, nowMs);
        return resultOf(taken, state, rule, { nowMs, leased: left });
      } catch {
        pausedUntil = now() + PAUSE_MS;
      }
    }
    if (rule.onUnavailable === 'reject') return { outcome: 'unavailable', remaining: 0, resetSeconds: 1, waitMs: 0 };
    const { taken, state } = own.take(id, rule, nowMs);
    return resultOf(taken, state, rule, { nowMs, leased: 0 });
  };

  return {
    peek(id, rule) {
      const state = counts.peek(id);
      return state && resultOf(true, state, rule, { nowMs: now(), leased: leases.left(id) });
    },
    async take(id, rule) {
      const until = now() + rule.delayMs;
      for (;;) {
        const result = await once(id, rule);
        if (result.outcome !== 'rejected' || now() + result.waitMs > until) return result;
        await sleep(Math.max(1, result.waitMs));
      }
    },
  };
}

function resultOf(
  taken: boolean,
  state: WindowState,
  rule: ExactRule,
  { nowMs, leased }: { readonly nowMs: number; readonly leased: number },
): LimitResult & { readonly waitMs: number } {
  const waitMs = Math.ceil(msUntilMore(state, rule, nowMs));
  const seconds = Math.ceil(waitMs / 1000);
  return {
    outcome: taken ? 'taken' : 'rejected',
    remaining: taken ? remainingIn(state, rule, nowMs) + leased : 0,
    resetSeconds: taken ? seconds : Math.max(1, seconds),
    waitMs: waitMs > 0 ? waitMs : (rule.perSeconds * 1000) / SLICES,
  };
}
