/** Instances of all functions that load their code at a time: more share the processor, until each of them takes too long. */

/** Lets a start begin when its turn comes. */
export interface StartLimit {
  /**
   * Calls `begin` now, or when others have ended their start. When `begin` throws, others have its turn, and `failed` is called later:
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

/** @param atOnce - Infinity does not limit anything */
export function createStartLimit(atOnce: number): StartLimit {
  const begun = new Set<Start>();
  const waiting = new Set<Start>();
  const beginNext = (): void => {
    for (const start of waiting) {
      if (begun.size >= atOnce) return;
      waiting.delete(start);
      begun.add(start);
      try {
        start.begin();
      } catch (error) {
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
        if (begun.delete(start)) beginNext();
      };
    },
  };
}
