import { availableParallelism } from 'node:os';
import type { EventPace } from './eventPace.ts';
import type { Instance, ThreadTime } from './instance.ts';
import { createLater } from './later.ts';
import { LONG_MS, type ReadyInstances } from './readyInstances.ts';

/** An instance that waits for less of its time computes. */
const COMPUTING_SHARE = 0.9;

/** Threads of a function that compute at a time, that of the gateway included. */
const MOST_COMPUTING = Math.max(2, availableParallelism());

/**
 * About what another instance takes to start. An event that computes for longer may never end, so it keeps no start from what waits behind it. The
 * first event of an instance often takes a part of that, because its code was not run before.
 */
export const START_MS = 100;

/** Checks a queue when its events have waited for as long as a long event takes. */
export interface QueueCheck {
  /** Checks the queue later, unless that is about to happen. */
  schedule(): void;
  /** An event has ended. */
  eventEnded(): void;
  cancel(): void;
}

/**
 * What a check has found.
 *
 * @param isSlow whether another instance starts sooner than the queue is empty, and would have a processor core
 * @param hasCore whether it would have one: an instance that takes turns with those that compute ends no event sooner
 */
type QueueFinding = (isSlow: boolean, hasCore: boolean) => void;

/**
 * @param check receives what the check has found
 * @param ownTime of the thread of the gateway
 */
export function createQueueCheck(
  ready: ReadyInstances,
  pace: EventPace,
  check: QueueFinding,
  ownTime: () => ThreadTime = () => performance.eventLoopUtilization(),
): QueueCheck {
  /** Whether an event has ended since the timer was set. */
  let hasEnded = false;
  let times: readonly (readonly [Instance, ThreadTime])[] = [];
  let ownBefore = ownTime();
  const later = createLater(LONG_MS, () => {
    const isSlow = !(hasEnded && pace.isShort);
    const computing = times.filter(
      ([instance, before]) => instance.runningMs() < START_MS && isComputing(before, instance.time()),
    );
    const own = isComputing(ownBefore, ownTime()) ? 1 : 0;
    const hasCore = computing.length + own < MOST_COMPUTING;
    check(isSlow && hasCore, hasCore);
  });
  return {
    schedule() {
      if (!later.schedule()) return;
      hasEnded = false;
      times = ready.busy().map((instance) => [instance, instance.time()]);
      ownBefore = ownTime();
    },
    eventEnded() {
      hasEnded = true;
    },
    cancel: later.cancel,
  };
}

/** Whether a thread hardly waited between two times; one that has ended has no time. */
function isComputing(before: ThreadTime, after: ThreadTime): boolean {
  const active = after.active - before.active;
  return active > 0 && active > COMPUTING_SHARE * (active + after.idle - before.idle);
}
