import { availableParallelism, cpus } from 'node:os';
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
 * first event of a function often takes a part of that, because its code was not run before.
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
 * @param isHeld whether an event holds those behind it, and another instance would have a core: one that takes turns with those that compute ends
 *   no event sooner
 */
type QueueFinding = (isSlow: boolean, isHeld: boolean) => void;

/**
 * @param check receives what the check has found
 * @param ownTime of the thread of the gateway
 * @param idleTime of all processor cores together
 */
export function createQueueCheck(
  ready: ReadyInstances,
  pace: EventPace,
  check: QueueFinding,
  ownTime: () => ThreadTime = () => performance.eventLoopUtilization(),
  idleTime: () => number = idleMs,
): QueueCheck {
  /** Whether an event has ended since the timer was set. */
  let hasEnded = false;
  let times: readonly (readonly [Instance, ThreadTime])[] = [];
  let ownBefore = ownTime();
  let idleBefore = 0;
  const later = createLater(LONG_MS, () => {
    const found = times.map(([instance, before]) => ({
      begunMs: instance.begunMs(),
      computes: isComputing(before, instance.time()),
    }));
    const own = isComputing(ownBefore, ownTime()) ? 1 : 0;
    const computing = found.filter(({ begunMs, computes }) => computes && begunMs < START_MS);
    // The machine has other work, such as a build, or what sends the requests. An event that waits or may never end needs no core of another one.
    const isIdle = found.length > computing.length || idleTime() - idleBefore >= LONG_MS / 2;
    const hasCore = computing.length + own < MOST_COMPUTING && isIdle;
    // A thread that waits for its turn at a processor holds nothing: another one would wait, too.
    const isHeld = found.some(({ begunMs, computes }) =>
      computes ? pace.isKnown || begunMs >= START_MS : begunMs >= LONG_MS,
    );
    const isSlow = hasEnded ? !pace.isShort : isHeld;
    check(isSlow && hasCore, isHeld && hasCore);
  });
  return {
    schedule() {
      if (!later.schedule()) return;
      hasEnded = false;
      times = ready.busy().map((instance) => [instance, instance.time()]);
      ownBefore = ownTime();
      idleBefore = idleTime();
    },
    eventEnded() {
      hasEnded = true;
    },
    cancel: later.cancel,
  };
}

/** Milliseconds that the processor cores were idle since the machine started. */
function idleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}

/** Whether a thread hardly waited between two times; one that has ended has no time. */
function isComputing(before: ThreadTime, after: ThreadTime): boolean {
  const active = after.active - before.active;
  return active > 0 && active > COMPUTING_SHARE * (active + after.idle - before.idle);
}
