/** Instances of all functions that load their code at a time: more share the processor, until each of them takes too long. */

/** Lets a start begin when its turn comes. */
export interface StartLimit {
  /**
   * Calls `begin` now, or when others have ended their start.
   *
   * @returns ends the turn, or the wait for it; it can be called twice
   */
  enter(begin: () => void): () => void;
}

/** @param atOnce - Infinity does not limit anything */
export function createStartLimit(atOnce: number): StartLimit {
  const begun = new Set<() => void>();
  const waiting = new Set<() => void>();
  const beginNext = (): void => {
    for (const begin of waiting) {
      if (begun.size >= atOnce) return;
      waiting.delete(begin);
      begun.add(begin);
      try {
        begin();
      } catch (error) {
        begun.delete(begin);
        throw error;
      }
    }
  };
  return {
    enter(begin) {
      const turn = () => begin();
      waiting.add(turn);
      beginNext();
      return () => {
        waiting.delete(turn);
        if (begun.delete(turn)) beginNext();
      };
    },
  };
}
