/**
 * The idle instances of all functions. As on AWS, one that gets no event for a while is ended; here also the least recently used
 * of too many, so that a stack of a hundred functions fits into the memory of a laptop.
 */
export interface WarmInstances<T> {
  /** An instance waits for events. `end` is called when it has waited for too long, or too many others were used after it. */
  add(instance: T, end: () => void): void;
  /** An instance got an event, or is gone. */
  remove(instance: T): void;
}

/** What is kept warm. */
export interface WarmLimits {
  /** Idle instances of all functions together. */
  readonly count: number;
  /** Milliseconds that an instance waits for an event. */
  readonly idleMs: number;
}

/** How often an instance that has waited for too long is looked for. */
const CHECKS_PER_LIFE = 10;

/** @param limits - without any, instances are kept until the gateway closes */
export function createWarmInstances<T>(limits: WarmLimits | undefined): WarmInstances<T> {
  if (limits === undefined) return { add: () => undefined, remove: () => undefined };
  const { count, idleMs } = limits;
  /** The least recently used one first. */
  const idle = new Map<T, { readonly end: () => void; readonly since: number }>();
  let isScheduled = false;
  const endFirst = (isDue: (since: number) => boolean): boolean => {
    const [first] = idle;
    if (first === undefined || !isDue(first[1].since)) return false;
    idle.delete(first[0]);
    first[1].end();
    return true;
  };
  const check = (): void => {
    isScheduled = false;
    const before = performance.now() - idleMs;
    while (endFirst((since) => since <= before));
    if (idle.size > 0) schedule();
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(check, idleMs / CHECKS_PER_LIFE).unref();
  };
  return {
    add(instance, end) {
      idle.set(instance, { end, since: performance.now() });
      if (idle.size > count) endFirst(() => true);
      schedule();
    },
    remove: (instance) => void idle.delete(instance),
  };
}
