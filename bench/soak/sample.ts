import { readdirSync } from 'node:fs';
import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** Collections before a sample; what the first one frees can make more collectable. */
const COLLECTIONS = 2;

/** What a process holds. */
export interface Sample {
  /** Live objects and what they hold outside of the heap, such as buffers. */
  readonly heapMb: number;
  readonly descriptors: number;
  readonly resources: number;
  readonly threads: number;
}

/**
 * What this process holds after a collection of all garbage, after what only waited for a turn of the loop, and without code that can be compiled
 * again: that changes by megabytes without any leak. Needs `--expose-gc`, and Linux.
 */
export async function sample(): Promise<Sample> {
  for (let i = 0; i < COLLECTIONS; i++) {
    await turnOfLoop();
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }
  const { heapUsed, external } = process.memoryUsage();
  return {
    heapMb: (heapUsed + external) / 1_000_000,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    threads: readdirSync('/proc/self/task').length,
  };
}
