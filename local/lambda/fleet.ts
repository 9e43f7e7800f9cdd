import type { Instance, InstanceHost, Outcome } from './instance.ts';
import type { Fault } from './protocol.ts';

/** An event on its way to an instance. `done` is called once, with the milliseconds that the event ran. */
interface Job {
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  readonly done: (outcome: Outcome, durationMs: number) => void;
}

/** Starts an instance that reports to its fleet when it is ready and when it is gone. */
export type InstanceStarter = (callbacks: Pick<InstanceHost, 'onReady' | 'onGone'>) => Instance;

/** The instances of one function and the events that wait for one, oldest first. */
export interface Fleet {
  submit(job: Job): void;
  /** Ends every instance; waiting events end with `fault`. */
  close(fault: Fault): Promise<void>;
}

/**
 * Starts the first instance at the first event, then one at a time up to `limit`, and keeps them warm. Few instances serve a
 * burst of short events; more serve a queue of long ones.
 */
export function createFleet(limit: number, start: InstanceStarter): Fleet {
  const all = new Set<Instance>();
  const idle: Instance[] = [];
  const queue: Job[] = [];
  let starting = false;
  let closed = false;

  const give = (instance: Instance, { requestId, event, done }: Job): void => {
    const startedAt = performance.now();
    instance.run({ requestId, event }, (outcome) => {
      done(outcome, performance.now() - startedAt);
      if (instance.alive) take(instance);
    });
  };
  const take = (instance: Instance): void => {
    const job = queue.shift();
    if (job === undefined) idle.push(instance);
    else give(instance, job);
  };
  /** An instance that could not load fails the event that it was started for; the next event tries again. */
  const forget = (instance: Instance, fault: Fault | undefined, loaded: boolean): void => {
    all.delete(instance);
    const position = idle.indexOf(instance);
    if (position >= 0) idle.splice(position, 1);
    if (!loaded && fault !== undefined) queue.shift()?.done({ kind: 'error', fault }, 0);
    grow();
  };
  const grow = (): void => {
    if (closed || queue.length === 0 || starting || all.size >= limit) return;
    let loaded = false;
    starting = true;
    const instance = start({
      onReady: (ready) => {
        loaded = true;
        starting = false;
        take(ready);
        grow();
      },
      onGone: (lost, fault) => {
        if (!loaded) starting = false;
        forget(lost, fault, loaded);
      },
    });
    all.add(instance);
  };
  return {
    submit: (job) => {
      const instance = idle.pop();
      if (instance !== undefined) return give(instance, job);
      queue.push(job);
      grow();
    },
    close: async (fault) => {
      closed = true;
      for (const job of queue.splice(0)) job.done({ kind: 'error', fault }, 0);
      await Promise.all([...all].map((instance) => instance.close(fault)));
    },
  };
}
