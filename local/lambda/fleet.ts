import type { Instance, InstanceHost, Outcome } from './instance.ts';
import type { Fault } from './protocol.ts';

/** An event on its way to an instance. `done` is called once, with the milliseconds that the event ran. */
interface Job {
  readonly requestId: string;
  readonly trace: string;
  /** JSON. */
  readonly event: string;
  readonly done: (outcome: Outcome, durationMs: number) => void;
}

const DRAINED: Fault = { errorType: 'Runtime.Closed', message: 'A newer function took the place of this one' };

/** Starts an instance that reports to its fleet when it is ready and when it is gone. */
export type InstanceStarter = (callbacks: Pick<InstanceHost, 'onReady' | 'onGone'>) => Instance;

/** The instances of one function and the events that wait for one, oldest first. */
export interface Fleet {
  submit(job: Job): void;
  /** Starts an instance unless there is one. Resolves when it waits for events, or with the reason why it cannot be loaded. */
  preload(): Promise<Fault | undefined>;
  /**
   * Ends each instance, now or after its event, once no event waits. Resolves when none is left. A later event would start
   * another one, and end it.
   */
  drain(): Promise<void>;
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
  let draining = false;
  let closed = false;
  const loading: ((fault?: Fault) => void)[] = [];
  const empty: (() => void)[] = [];

  const give = (instance: Instance, { requestId, trace, event, done }: Job): void => {
    const startedAt = performance.now();
    instance.run({ requestId, trace, event }, (outcome) => {
      done(outcome, performance.now() - startedAt);
      if (instance.alive) take(instance);
    });
  };
  const take = (instance: Instance): void => {
    const job = queue.shift();
    if (job !== undefined) give(instance, job);
    else if (draining) void instance.close(DRAINED);
    else idle.push(instance);
  };
  const loaded = (fault?: Fault): void => {
    for (const done of loading.splice(0)) done(fault);
  };
  /** An instance that could not load fails the event that it was started for; the next event tries again. */
  const forget = (instance: Instance, fault: Fault | undefined, wasReady: boolean): void => {
    all.delete(instance);
    const position = idle.indexOf(instance);
    if (position >= 0) idle.splice(position, 1);
    if (!wasReady && fault !== undefined) queue.shift()?.done({ kind: 'error', fault }, 0);
    if (!wasReady) loaded(fault);
    grow();
    if (all.size === 0) for (const done of empty.splice(0)) done();
  };
  const grow = (): void => {
    if (queue.length > 0) add();
  };
  const add = (): void => {
    if (closed || starting || all.size >= limit) return;
    let wasReady = false;
    starting = true;
    const instance = start({
      onReady: (ready) => {
        wasReady = true;
        starting = false;
        loaded();
        take(ready);
        grow();
      },
      onGone: (lost, fault) => {
        if (!wasReady) starting = false;
        forget(lost, fault, wasReady);
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
    preload: () => {
      if (closed || limit === 0 || (all.size > 0 && !starting)) return Promise.resolve(undefined);
      const waiting = new Promise<Fault | undefined>((done) => {
        loading.push(done);
      });
      add();
      return waiting;
    },
    drain: () => {
      draining = true;
      for (const instance of idle.splice(0)) void instance.close(DRAINED);
      if (all.size === 0) return Promise.resolve();
      return new Promise((done) => {
        empty.push(done);
      });
    },
    close: async (fault) => {
      closed = true;
      for (const job of queue.splice(0)) job.done({ kind: 'error', fault }, 0);
      await Promise.all([...all].map((instance) => instance.close(fault)));
    },
  };
}
