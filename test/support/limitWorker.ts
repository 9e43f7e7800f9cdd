/** An instance of a function that keeps an exact limit, in a separate thread: sends requests and reports their outcomes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { counterTable } from '../../lambdas/runtime/limit/counterTable.ts';
import { exactLimiter } from '../../lambdas/runtime/limit/limiter.ts';
import { sharedCounts } from '../../lambdas/runtime/limit/sharedCounts.ts';
import type { ExactRule } from '../../lib/definition/bundledTypes.ts';

/** What a worker does. */
export interface LimitJob {
  readonly environment: Readonly<Record<string, string>>;
  readonly rule: ExactRule;
  readonly id: string;
  /** Callers that ask at once, each this often. */
  readonly callers: number;
  readonly requests: number;
  /** Milliseconds between two requests of a caller. */
  readonly pauseMs: number;
}

/** The result. */
export interface LimitOutcome {
  readonly taken: number;
  readonly rejected: number;
  readonly unavailable: number;
  /** Writes to the table, also rejected ones. */
  readonly writes: number;
}

/** Fifty callers of four threads at one embedded table wait for each other; that is not what is tested. */
const PATIENCE_MS = 30_000;

async function run(job: LimitJob): Promise<LimitOutcome> {
  const table = counterTable(job.environment, PATIENCE_MS);
  let writes = 0;
  const counted = {
    get: table.get,
    update: (...update: Parameters<typeof table.update>) => {
      writes += 1;
      return table.update(...update);
    },
  };
  const limiter = exactLimiter(job.environment, { counts: sharedCounts(counted) });
  const outcomes = { taken: 0, rejected: 0, unavailable: 0 };
  const caller = async () => {
    for (let n = 0; n < job.requests; n += 1) {
      outcomes[(await limiter.take(job.id, job.rule)).outcome] += 1;
      if (job.pauseMs > 0) await sleep(job.pauseMs);
    }
  };
  await Promise.all(Array.from({ length: job.callers }, caller));
  return { ...outcomes, writes };
}

parentPort?.postMessage(await run(workerData as LimitJob));
