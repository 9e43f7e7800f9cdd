import { Worker } from 'node:worker_threads';
import type { Plan } from '../../bundle/plans.ts';
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
  const ask = (plan: Plan): Promise<Rebuilt> =>
    new Promise((done, fail) => {
      worker ??= new Worker(new URL(`rebuildWorker.${ending}`, import.meta.url), { workerData: folder });
      const asked = worker;
      const ended = (reason: unknown) => {
        worker = undefined;
        asked.removeAllListeners();
        fail(reason instanceof Error ? reason : new Error('The thread that bundles handlers has ended.'));
      };
      asked.removeAllListeners().once('message', done).once('error', ended).once('exit', ended);
      asked.postMessage(plan);
    });
  return {
    rebuild: async (plan) => {
      const result = await ask(plan);
      if ('plan' in result) return result.plan;
      if ('message' in result) throw new Error(result.message);
      const [first, ...others] = result.faults;
      throw first === undefined ? new Error('The handlers cannot be bundled.') : new ConfigError(first, ...others);
    },
    close: async () => {
      worker?.removeAllListeners();
      await worker?.terminate();
    },
  };
}
