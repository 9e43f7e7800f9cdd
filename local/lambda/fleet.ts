import { createEventPace, GIVEN_MS } from './eventPace.ts';
import { createEventQueue } from './eventQueue.ts';
import type { Instance, InstanceHost, Job } from './instance.ts';
import { createLater } from './later.ts';
import type { Fault } from './protocol.ts';
import { createQueueCheck } from './queueCheck.ts';
import { createReadyInstances, LONG_MS } from './readyInstances.ts';
import type { StartLimit } from './startLimit.ts';
import type { WarmInstances } from './warmInstances.ts';

const DRAINED: Fault = { errorType: 'Runtime.Closed', message: 'A newer function took the place of this one' };
const IDLE: Fault = { errorType: 'Runtime.Idle', message: 'The function got no event for a while' };

/** Starts an instance that reports to its fleet. */
export type InstanceStarter = (callbacks: Pick<InstanceHost, 'onReady' | 'onFree' | 'onGone'>) => Instance;

/** The instances of one function and the events that wait for one, oldest first. */
export interface Fleet {
  submit(job: Job): void;
  /** Starts an instance unless there is one. Resolves when it waits for events, or with the reason why it cannot be loaded. */
  preload(): Promise<Fault | undefined>;
  /**
   * Ends each instance, also one that still loads, now or after its event, once no event waits. Resolves when none is left. A later event would start
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
  /** Limits the starts of all functions. */
  readonly starts: StartLimit;
}

/**
 * Starts the first instance at the first event. Another one is started, one at a time up to the limit, while events wait and
 * those that run are long. While events are short, busy instances get more than one, and run one after the other; otherwise an event goes
 * to the instance that was used last. Those that wait behind a long one are taken back, sooner when another instance is idle.
 */
export function createFleet({ limit, start, warm, starts }: FleetParts): Fleet {
  const all = new Set<Instance>();
  const ready = createReadyInstances(warm);
  const pace = createEventPace();
  const queue = createEventQueue();
  const queueCheck = createQueueCheck(ready, pace, (isSlow, isHeld) => relieve(isSlow, isHeld));
  const lateCheck = createLater(GIVEN_MS, () => relieveLate());
  let starting: Instance | undefined;
  /** Ends a start, or the wait for its turn. */
  let endStart: (() => void) | undefined;
  let draining = false;
  let closedBy: Fault | undefined;
  const loading: ((fault?: Fault) => void)[] = [];
  const empty: (() => void)[] = [];

  const give = (instance: Instance, job: Job): void => {
    const { done } = job;
    instance.run({
      ...job,
      done: (outcome, durationMs) => {
        queueCheck.eventEnded();
        pace.ended(durationMs);
        done(outcome, durationMs);
      },
    });
  };
  const feed = (instance: Instance): void => {
    const most = pace.atATime;
    while (instance.load < most) {
      const job = queue.take();
      if (job === undefined) break;
      give(instance, job);
    }
    endUnwantedStart();
    if (instance.load > 0) return;
    if (draining) retire(instance, DRAINED);
    else ready.wait(instance, () => retire(instance, IDLE));
    checkLate();
  };
  /** Whether an event waits behind another one. */
  const hasBehind = (): boolean => ready.busy().some(({ load }) => load > 1);
  /** What waits behind an event goes to an idle instance soon. */
  const checkLate = (): void => {
    if (ready.idle.length > 0 && hasBehind()) lateCheck.schedule();
  };
  const placeQueue = (): void => {
    for (let job = queue.take(); job !== undefined; job = queue.take()) {
      const instance = ready.choose(1);
      if (instance === undefined) {
        queue.putBack([job]);
        return;
      }
      give(instance, job);
    }
  };
  const retire = (instance: Instance, reason: Fault): void => {
    ready.remove(instance);
    void instance.close(reason);
  };
  const started = (fault?: Fault): void => {
    starting = undefined;
    const end = endStart;
    endStart = undefined;
    end?.();
    for (const done of loading.splice(0)) done(fault);
  };
  /** After a drain, an instance loads only for an event that waits for it. */
  const endUnwantedStart = (): void => {
    if (!draining || endStart === undefined || queue.length > 0) return;
    const unwanted = starting;
    // Its turn ends first: an event that comes before it is gone starts another one.
    started(DRAINED);
    if (unwanted !== undefined) retire(unwanted, DRAINED);
  };
  const resolveEmpty = (): void => {
    if (all.size === 0 && endStart === undefined) for (const done of empty.splice(0)) done();
  };
  /** An instance that could not load fails the event that it was started for; the next event tries again. */
  const notStarted = (fault: Fault | undefined): void => {
    if (fault !== undefined) queue.take()?.done({ kind: 'error', fault }, 0);
    started(fault);
  };
  const forget: InstanceHost['onGone'] = (instance, { fault, waiting }) => {
    all.delete(instance);
    ready.remove(instance);
    queue.putBack(waiting);
    if (instance === starting) notStarted(fault);
    if (closedBy !== undefined) queue.fail(closedBy);
    placeQueue();
    grow();
    resolveEmpty();
  };
  const grow = (): void => {
    if (queue.length > 0 && all.size === 0) add();
    const canStart = endStart === undefined && all.size < limit;
    // Where no other one can start, those that have started can take what waits behind a long event.
    if ((canStart && queue.length > 0) || hasBehind()) queueCheck.schedule();
    checkLate();
  };
  /** What waits behind events that have run for so long is given to others. Returns whether there was any. */
  const takeBack = (runningMs: number): boolean => {
    const behind = ready.busy().filter((instance) => instance.load > 1 && instance.runningMs() >= runningMs);
    queue.putBack(behind.flatMap((instance) => instance.withdraw()));
    placeQueue();
    return behind.length > 0;
  };
  /** Idle instances need no start, so what waits need not wait until an event is long. */
  const relieveLate = (): void => {
    if (ready.idle.length > 0) takeBack(GIVEN_MS);
    grow();
  };
  /** Others are started for what waits behind a long event, or too long in the queue. */
  const relieve = (isSlow: boolean, isHeld: boolean): void => {
    const wasBehind = takeBack(isSlow ? 0 : LONG_MS);
    if (queue.length > 0 && (isSlow || (isHeld && wasBehind))) add();
    grow();
  };
  const add = (): void => {
    if (closedBy !== undefined || endStart !== undefined || all.size >= limit) return;
    const onReady = (instance: Instance): void => {
      // It was ended while it said so.
      if (instance !== starting) return;
      ready.add(instance);
      started();
      feed(instance);
      grow();
    };
    const begin = (): void => {
      starting = start({ onReady, onFree: feed, onGone: forget });
      all.add(starting);
    };
    endStart = starts.enter(begin, (error) => {
      notStarted(faultOf(error));
      grow();
      resolveEmpty();
    });
  };
  return {
    submit: (job) => {
      const instance = ready.choose(pace.atATime);
      if (instance === undefined) queue.add(job);
      else give(instance, job);
      grow();
    },
    preload: () => {
      if (closedBy !== undefined || limit === 0 || (all.size > 0 && endStart === undefined))
        return Promise.resolve(undefined);
      if (draining) return Promise.resolve(DRAINED);
      const waiting = new Promise<Fault | undefined>((done) => {
        loading.push(done);
      });
      add();
      return waiting;
    },
    drain: () => {
      draining = true;
      for (const instance of [...ready.idle]) retire(instance, DRAINED);
      endUnwantedStart();
      const drained = new Promise<void>((done) => {
        empty.push(done);
      });
      resolveEmpty();
      return drained;
    },
    close: async (fault) => {
      closedBy = fault;
      queueCheck.cancel();
      lateCheck.cancel();
      if (starting === undefined) started(fault);
      for (const instance of ready.idle) warm.remove(instance);
      queue.fail(fault);
      await Promise.all([...all].map((instance) => instance.close(fault)));
      resolveEmpty();
    },
  };
}

/** Why the thread of an instance could not be made. */
function faultOf(error: unknown): Fault {
  if (error instanceof Error) return { errorType: error.name, message: error.message };
  return { errorType: 'Error', message: String(error) };
}
