import type { Instance, InstanceHost, Outcome } from './instance.ts';
import type { Fault } from './protocol.ts';
import type { WarmInstances } from './warmInstances.ts';

/** An event on its way to an instance. `done` is called once, with the milliseconds that the event ran. */
interface Job {
  readonly requestId: string;
  readonly trace: string;
  /** JSON. */
  readonly event: string;
  readonly done: (outcome: Outcome, durationMs: number) => void;
}

const DRAINED: Fault = { errorType: 'Runtime.Closed', message: 'A newer function took the place of this one' };
const IDLE: Fault = { errorType: 'Runtime.Idle', message: 'The function got no event for a while' };

/** Events wait this long for an instance before another one is started. */
const PATIENCE_MS = 25;
/** Instances that end as many events each in that time are through with a queue sooner than another one has started. */
const SHORT_EVENTS = 4;

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

/** What a fleet is made of. */
export interface FleetParts {
  /** Instances at a time. */
  readonly limit: number;
  readonly start: InstanceStarter;
  /** Ends instances that are idle for too long. */
  readonly warm: WarmInstances<Instance>;
}

/**
 * Starts the first instance at the first event. Another one is started, one at a time up to the limit, while events wait and
 * those that run are long. An event goes to the instance that was used last.
 */
export function createFleet({ limit, start, warm }: FleetParts): Fleet {
  const all = new Set<Instance>();
  const idle: Instance[] = [];
  const queue: Job[] = [];
  let starting = false;
  let draining = false;
  let closed = false;
  /** Events that ended since the timer was set. */
  let ended = 0;
  let timer: NodeJS.Timeout | undefined;
  const loading: ((fault?: Fault) => void)[] = [];
  const empty: (() => void)[] = [];

  const give = (instance: Instance, { requestId, trace, event, done }: Job): void => {
    const startedAt = performance.now();
    instance.run({ requestId, trace, event }, (outcome) => {
      ended += 1;
      done(outcome, performance.now() - startedAt);
      if (instance.alive) take(instance);
    });
  };
  const take = (instance: Instance): void => {
    const job = queue.shift();
    if (job !== undefined) give(instance, job);
    else if (draining) void instance.close(DRAINED);
    else wait(instance);
  };
  const wait = (instance: Instance): void => {
    idle.push(instance);
    warm.add(instance, () => {
      leave(instance);
      void instance.close(IDLE);
    });
  };
  /** Takes an instance out of those that wait for events. */
  const leave = (instance: Instance): void => {
    const position = idle.indexOf(instance);
    if (position >= 0) idle.splice(position, 1);
    warm.remove(instance);
  };
  const loaded = (fault?: Fault): void => {
    for (const done of loading.splice(0)) done(fault);
  };
  /** An instance that could not load fails the event that it was started for; the next event tries again. */
  const forget = (instance: Instance, fault: Fault | undefined, wasReady: boolean): void => {
    all.delete(instance);
    leave(instance);
    if (!wasReady && fault !== undefined) queue.shift()?.done({ kind: 'error', fault }, 0);
    if (!wasReady) loaded(fault);
    grow();
    if (all.size === 0) for (const done of empty.splice(0)) done();
  };
  const grow = (): void => {
    if (queue.length === 0) return;
    if (all.size === 0) add();
    if (starting || all.size >= limit || timer !== undefined) return;
    ended = 0;
    // What ended in the meantime is counted first: it can have arrived while this thread was busy.
    timer = setTimeout(() => setImmediate(growLater), PATIENCE_MS);
  };
  const growLater = (): void => {
    timer = undefined;
    if (queue.length > 0 && ended < SHORT_EVENTS * all.size) add();
    grow();
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
      if (instance === undefined) {
        queue.push(job);
        grow();
      } else {
        warm.remove(instance);
        give(instance, job);
      }
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
      for (const instance of [...idle]) {
        leave(instance);
        void instance.close(DRAINED);
      }
      if (all.size === 0) return Promise.resolve();
      return new Promise((done) => {
        empty.push(done);
      });
    },
    close: async (fault) => {
      closed = true;
      clearTimeout(timer);
      for (const instance of idle) warm.remove(instance);
      for (const job of queue.splice(0)) job.done({ kind: 'error', fault }, 0);
      await Promise.all([...all].map((instance) => instance.close(fault)));
    },
  };
}
