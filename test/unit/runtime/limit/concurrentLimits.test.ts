import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { rule, startCounters } from '../../../support/exactLimits.ts';
import type { LimitJob, LimitOutcome } from '../../../support/limitWorker.ts';

/** Instances of a function: each is a thread, so a mutant in this process does not reach it. */
const WORKERS = 4;

const table = startCounters();

/** Runs a job in one thread for each instance, and adds up the outcomes. */
async function instances(job: Omit<LimitJob, 'environment'>): Promise<LimitOutcome> {
  const outcomes = await Promise.all(
    Array.from({ length: WORKERS }, () => {
      const workerData: LimitJob = { environment: table.environment(), ...job };
      const worker = new Worker(new URL('../../../support/limitWorker.ts', import.meta.url), {
        workerData,
        execArgv: [],
      });
      return new Promise<LimitOutcome>((done, fail) => {
        worker.once('message', done);
        worker.once('error', fail);
      });
    }),
  );
  const sum = (key: keyof LimitOutcome) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  return { taken: sum('taken'), rejected: sum('rejected'), unavailable: sum('unavailable'), writes: sum('writes') };
}

describe('an exact limit of several instances', () => {
  it('allows exactly its number of requests, of 50 concurrent callers in each of four instances', async () => {
    const { taken, rejected, unavailable } = await instances({
      id: 'crowd',
      rule: rule(),
      callers: 50,
      requests: 4,
      pauseMs: 0,
    });
    expect([taken, rejected, unavailable]).toEqual([100, WORKERS * 50 * 4 - 100, 0]);
  });

  it('writes once for an allowed request, also when other instances write', async () => {
    const job = { id: 'lonely', rule: rule({ requests: 10 }), callers: 1, requests: 40, pauseMs: 0 };
    const { taken, writes } = await instances(job);
    expect(taken).toBe(10);
    // Besides the ten: a rejected write can show each instance that another was faster.
    expect(writes).toBeLessThanOrEqual(10 + 10 * (WORKERS - 1));
  });

  it('costs at most a tenth of the writes with leases, at 1,000 requests a second', async () => {
    const requests = 500;
    const traffic = { callers: 10, requests: requests / 10, pauseMs: 40 };
    const leased = await instances({ id: 'hot', rule: rule({ requests: 1_000_000, lease: 20 }), ...traffic });
    expect(leased.taken).toBe(WORKERS * requests);
    expect(leased.writes * 10).toBeLessThanOrEqual(leased.taken);
    const each = await instances({ id: 'plain', rule: rule({ requests: 1_000_000 }), ...traffic });
    expect(each.writes).toBeGreaterThanOrEqual(each.taken);
  });

  it('is not exceeded with leases either', async () => {
    const job = { id: 'leased', rule: rule({ lease: 10 }), callers: 20, requests: 10, pauseMs: 0 };
    const { taken, unavailable } = await instances(job);
    expect(taken).toBeLessThanOrEqual(100);
    expect([taken > 60, unavailable]).toEqual([true, 0]);
  });
});
