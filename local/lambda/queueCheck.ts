import { createLater } from './later.ts';
import { LONG_MS, type ReadyInstances } from './readyInstances.ts';

/** Instances that end as many events each in that time are through with a queue sooner than another one has started. */
const SHORT_EVENTS = 4;

/** Checks a queue when its events have waited for as long as a long event takes. */
export interface QueueCheck {
  /** Checks the queue later, unless that is about to happen. */
  schedule(): void;
  /** Counts an event that has ended. */
  eventEnded(): void;
  cancel(): void;
}

/** @param check - `isSlow` says that another instance starts sooner than the queue is empty */
export function createQueueCheck(ready: ReadyInstances, check: (isSlow: boolean) => void): QueueCheck {
  /** Since the timer was set. */
  let ended = 0;
  const later = createLater(LONG_MS, () => check(ended < SHORT_EVENTS * Math.max(1, ready.busy().length)));
  return {
    schedule() {
      if (later.schedule()) ended = 0;
    },
    eventEnded() {
      ended += 1;
    },
    cancel: later.cancel,
  };
}
