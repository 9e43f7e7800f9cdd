import type { Instance, InstanceHost, Job } from './instance.ts';
import type { Fault } from './protocol.ts';
import type { WarmInstances } from './warmInstances.ts';

const DRAINED: Fault = { errorType: 'Runtime.Closed', message: 'A newer function took the place of this one' };
const IDLE: Fault = { errorType: 'Runtime.Idle', message: 'The function got no event for a while' };

/** Events wait this long for an instance before another one is started. */
const PATIENCE_MS = 25;
/** Instances that end as many events each in that time are through with a queue sooner than another one has started. */
const SHORT_EVENTS = 4;

/** An instance whose events are short has so many at a time, so that its thread does not sleep between them. */
const MOST_GIVEN = 8;
/** Events that take less are short. Waking a thread takes a tenth of it. */
const SHORT_MS = 3;
/** Share of the last event in the mean duration: a long one counts at once, and for some dozens of short ones. */
const NEWEST_SHARE = 0.1;

/** Starts an instance that reports to its fleet. */
export type InstanceStarter = (callbacks: Pick<InstanceHost, 'onReady' | 'onFree' | 'onGone'>) => Instance;

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
 * those that run are long. An event goes to the instance that was used last; while events are short, busy instances get more than one,
 * and run one after the other. Those that wait behind a long one are taken back.
 */
export function createFleet({ limit, start, warm }: FleetParts): Fleet {
  const all = new Set<Instance>();
  /** Those that take events: they have loaded the handler, and are not about to end. */
  const ready = new Set<Instance>();
  const idle: Instance[] = [];
  const queue: Job[] = [];
  let starting: Instance | undefined;
  let draining = false;
  let closedBy: Fault | undefined;
  /** Events that ended since the timer was set. */
  let ended = 0;
  /** Of the last events; none has ended yet where it is undefined. */
  let meanMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const loading: ((fault?: Fault) => void)[] = [];
  const empty: (() => void)[] = [];

  const give = (instance: Instance, job: Job): void => {
    const { done } = job;
    instance.run({
      ...job,
      done: (outcome, durationMs) => {
        ended += 1;
        meanMs = (meanMs ?? durationMs) * (1 - NEWEST_SHARE) + durationMs * NEWEST_SHARE;
        done(outcome, durationMs);
      },
    });
  };
  /** How many events an instance has at a time. */
  const most = (): number => (meanMs !== undefined && meanMs < SHORT_MS ? MOST_GIVEN : 1);
  const feed = (instance: Instance): void => {
    for (let job = queue[0]; job !== undefined && instance.load < most(); job = queue[0]) {
      queue.shift();
      give(instance, job);
    }
    if (instance.load > 0) return;
    if (draining) retire(instance, DRAINED);
    else wait(instance);
  };
  /** Gives an event to an instance: an idle one, or the busy one with the fewest events. */
  const place = (job: Job): boolean => {
    const free = idle.pop();
    if (free !== undefined) warm.remove(free);
    const instance = free ?? [...ready].sort((a, b) => a.load - b.load)[0];
    if (instance === undefined || instance.load >= most()) return false;
    give(instance, job);
    return true;
  };
  const isWaiting = (): boolean => queue.length > 0 || [...ready].some(({ load }) => load > 1);
  const placeQueue = (): void => {
    while (idle.length > 0 && queue[0] !== undefined && place(queue[0])) queue.shift();
  };
  const wait = (instance: Instance): void => {
    idle.push(instance);
    warm.add(instance, () => retire(instance, IDLE));
  };
  /** Takes an instance out of those that get events. */
  const leave = (instance: Instance): void => {
    const position = idle.indexOf(instance);
    if (position >= 0) idle.splice(position, 1);
    ready.delete(instance);
    warm.remove(instance);
  };
  const retire = (instance: Instance, reason: Fault): void => {
    leave(instance);
    void instance.close(reason);
  };
  const loaded = (fault?: Fault): void => {
    for (const done of loading.splice(0)) done(fault);
  };
  /** An instance that could not load fails the event that it was started for; the next event tries again. */
  const forget: InstanceHost['onGone'] = (instance, { fault, waiting }) => {
    all.delete(instance);
    leave(instance);
    queue.unshift(...waiting);
    if (instance === starting) {
      starting = undefined;
      if (fault !== undefined) queue.shift()?.done({ kind: 'error', fault }, 0);
      loaded(fault);
    }
    if (closedBy !== undefined) for (const job of queue.splice(0)) job.done({ kind: 'error', fault: closedBy }, 0);
    placeQueue();
    grow();
    if (all.size === 0) for (const done of empty.splice(0)) done();
  };
  const grow = (): void => {
    if (!isWaiting()) return;
    if (all.size === 0) add();
    if (starting !== undefined || all.size >= limit || timer !== undefined) return;
    ended = 0;
    // What ended in the meantime is counted first: it can have arrived while this thread was busy.
    timer = setTimeout(() => setImmediate(growLater), PATIENCE_MS);
  };
  const growLater = (): void => {
    timer = undefined;
    if (isWaiting() && ended < SHORT_EVENTS * all.size) {
      // What waits behind a long event is given to others.
      queue.unshift(...[...ready].flatMap((instance) => instance.withdraw()));
      placeQueue();
      if (queue.length > 0) add();
    }
    grow();
  };
  const add = (): void => {
    if (closedBy !== undefined || starting !== undefined || all.size >= limit) return;
    const onReady = (instance: Instance): void => {
      ready.add(instance);
      starting = undefined;
      loaded();
      feed(instance);
      grow();
    };
    starting = start({ onReady, onFree: feed, onGone: forget });
    all.add(starting);
  };
  return {
    submit: (job) => {
      if (!place(job)) queue.push(job);
      grow();
    },
    preload: () => {
      if (closedBy !== undefined || limit === 0 || (all.size > 0 && starting === undefined))
        return Promise.resolve(undefined);
      const waiting = new Promise<Fault | undefined>((done) => {
        loading.push(done);
      });
      add();
      return waiting;
    },
    drain: () => {
      draining = true;
      for (const instance of [...idle]) retire(instance, DRAINED);
      if (all.size === 0) return Promise.resolve();
      return new Promise((done) => {
        empty.push(done);
      });
    },
    close: async (fault) => {
      closedBy = fault;
      clearTimeout(timer);
      for (const instance of idle) warm.remove(instance);
      for (const job of queue.splice(0)) job.done({ kind: 'error', fault }, 0);
      await Promise.all([...all].map((instance) => instance.close(fault)));
    },
  };
}
