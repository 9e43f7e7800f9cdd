import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Plan } from '../../bundle/rebuild.ts';
import { ConfigError } from '../../definition/errors.ts';
import type { Rebuilt } from './rebuildWorker.ts';

/** Bundles handlers again in a thread. */
export interface Rebuilder {
  /** @throws {ConfigError} as a synth for handlers that are wrong. */
  rebuild(plan: Plan): Promise<Plan>;
  close(): Promise<void>;
}

/** @param folder where bundles are kept. */
export function rebuilder(folder: string): Rebuilder {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  let worker: Worker | undefined;
  return {
    rebuild: async (plan) => {
      worker ??= new Worker(new URL(`rebuildWorker.${ending}`, import.meta.url), { workerData: folder });
      worker.postMessage(plan);
      const [result] = (await once(worker, 'message')) as [Rebuilt];
      if ('plan' in result) return result.plan;
      if ('message' in result) throw new Error(result.message);
      const [first, ...others] = result.faults;
      throw first === undefined ? new Error('The handlers cannot be bundled.') : new ConfigError(first, ...others);
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
