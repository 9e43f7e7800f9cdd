import type { Job } from './instance.ts';
import type { Fault } from './protocol.ts';

/** The events of a function that wait for an instance, oldest first. */
export interface EventQueue {
  /** Those whose callers are gone included. */
  readonly length: number;
  add(job: Job): void;
  /** Adds events before all others, which they are older than. */
  putBack(jobs: readonly Job[]): void;
  /** Takes the event that has waited longest; those whose callers are gone end here. */
  take(): Job | undefined;
  /** Ends every event. */
  fail(fault: Fault): void;
}

/** Is empty. */
export function createEventQueue(): EventQueue {
  const jobs: Job[] = [];
  return {
    get length() {
      return jobs.length;
    },
    add: (job) => void jobs.push(job),
    putBack: (older) => void jobs.unshift(...older),
    take() {
      let job = jobs.shift();
      for (; job?.isAbandoned?.(); job = jobs.shift()) job.done({ kind: 'abandoned' }, 0);
      return job;
    },
    fail(fault) {
      for (const job of jobs.splice(0)) job.done({ kind: 'error', fault }, 0);
    },
  };
}
