/** Work that is done once, some time after it was asked for. */
export interface Later {
  /** Does it later, unless that is about to happen. */
  schedule(): void;
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
      timer ??= setTimeout(() => setImmediate(run), ms);
    },
    cancel: () => clearTimeout(timer),
  };
}
