/** Work that is done once, some time after it was asked for. */
export interface Later {
  /** Does it later, unless that is about to happen. @returns whether it was not */
  schedule(): boolean;
  cancel(): void;
}

/** Messages that arrive until then come first: they can have arrived while this thread was busy. */
export function createLater(ms: number, work: () => void): Later {
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    timer = undefined;
    work();
  };
  return {
    schedule() {
      if (timer !== undefined) return false;
      timer = setTimeout(() => setImmediate(run), ms);
      return true;
    },
    cancel: () => clearTimeout(timer),
  };
}
