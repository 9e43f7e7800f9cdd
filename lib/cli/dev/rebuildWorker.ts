/** Entry of the thread that bundles handlers again, so that the gateway goes on serving meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Plan } from '../../bundle/plans.ts';
import { rebuild } from '../../bundle/rebuild.ts';
import { type ConfigFault, isReported } from '../../definition/errors.ts';

/** What the thread sends for each plan that it gets. */
export type Rebuilt =
  | { readonly plan: Plan }
  | { readonly faults: readonly ConfigFault[] }
  | { readonly message: string };

parentPort?.on('message', (plan: Plan) => {
  parentPort?.postMessage(rebuilt(plan));
});

function rebuilt(plan: Plan): Rebuilt {
  try {
    return { plan: rebuild(plan, workerData as string) };
  } catch (error) {
    if (isReported(error)) return { faults: error.faults as readonly ConfigFault[] };
    return { message: error instanceof Error ? error.message : String(error) };
  }
}
