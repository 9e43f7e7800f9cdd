import { createContext, runInContext } from 'node:vm';

/** Whether an error is that of {@link withinTime}. */
export class TimeExceeded extends Error {}

/**
 * Runs work on this thread for at most so long. A regular expression can take years for one line, and only the engine can interrupt it: it
 * does for code of a context with a timeout, and for what that calls.
 *
 * @throws {TimeExceeded}
 */
export function withinTime<T>(ms: number, work: () => T): T {
  let result: { readonly value: T } | undefined;
  const context = createContext({
    run() {
      result = { value: work() };
    },
  });
  try {
    runInContext('run()', context, { timeout: ms });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TimeExceeded();
    throw error;
  }
  // The work has run where nothing was thrown.
  return (result as { readonly value: T }).value;
}
