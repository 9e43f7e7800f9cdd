/** Instances of all functions that load their code at a time: more share the processor, until each of them takes too long. */

/**
 * A start has its turn for so long at most. Code is loaded sooner, so one that has not ended by then waits for something else, such as
 * a response or a top-level `await` that never ends, and must not keep other functions from their start.
 */
const TURN_MS = 1_000;

/** Lets a start begin when its turn comes. */
export interface StartLimit {
  /**
   * Calls `begin` now, or when others have ended their turn. When `begin` throws, others have its turn, and `failed` is called later:
   * the start of one function never fails in the middle of another one's.
   *
   * @returns ends the turn, or the wait for it; it can be called twice
   */
  enter(begin: () => void, failed: (error: unknown) => void): () => void;
}

/** A start that waits for its turn, or has it. */
interface Start {
  readonly begin: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * @param atOnce - Infinity does not limit anything
 * @param turnMs - how long a start keeps others waiting at most
 */
export function createStartLimit(atOnce: number, turnMs = TURN_MS): StartLimit {
  /** The starts that have their turn, with what ends it in time. */
  const begun = new Map<Start, NodeJS.Timeout>();
  const waiting = new Set<Start>();
  const endTurn = (start: Start): void => {
    clearTimeout(begun.get(start));
    if (begun.delete(start)) beginNext();
  };
  const beginNext = (): void => {
    for (const start of waiting) {
      if (begun.size >= atOnce) return;
      waiting.delete(start);
      const timer = setTimeout(() => endTurn(start), turnMs).unref();
      begun.set(start, timer);
      try {
        start.begin();
      } catch (error) {
        clearTimeout(timer);
        begun.delete(start);
        queueMicrotask(() => start.failed(error));
      }
    }
  };
  return {
    enter(begin, failed) {
      const start = { begin, failed };
      waiting.add(start);
      beginNext();
      return () => {
        waiting.delete(start);
        endTurn(start);
      };
    },
  };
}
