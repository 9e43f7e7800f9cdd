import type { Changes } from './fileWatcher.ts';

/** What is to be served. */
export interface Work extends Changes {
  /** Whether the app has to run, whatever has changed. */
  readonly needsApp: boolean;
}

/** Does work one piece after the other. */
export interface WorkQueue {
  /** Resolves when this work, and what was added meanwhile, is done. */
  add(work: Work): Promise<void>;
  /** Starts nothing more, and resolves when the current work has ended. */
  close(): Promise<void>;
}

/** @param handle never rejects. What is added while it runs is handled together, next. */
export function workQueue(handle: (work: Work) => Promise<void>): WorkQueue {
  let waiting: Work | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;
  const run = async () => {
    while (waiting !== undefined && !isClosed) {
      const work = waiting;
      waiting = undefined;
      await handle(work);
    }
    running = undefined;
  };
  return {
    add: (work) => {
      waiting = together(waiting, work);
      running ??= run();
      return running;
    },
    close: async () => {
      isClosed = true;
      await running;
    },
  };
}

/** Two pieces of work as one. */
export function together(before: Work | undefined, work: Work): Work {
  if (before === undefined) return work;
  return {
    files: [...new Set([...before.files, ...work.files])],
    hasOtherFiles: before.hasOtherFiles || work.hasOtherFiles,
    needsApp: before.needsApp || work.needsApp,
  };
}
