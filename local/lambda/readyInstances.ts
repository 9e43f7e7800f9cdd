import { GIVEN_MS } from './eventPace.ts';
import type { Instance } from './instance.ts';
import type { WarmInstances } from './warmInstances.ts';

/** The instances of a function that take events: they have loaded the handler, and are not about to end. */
export interface ReadyInstances {
  add(instance: Instance): void;
  /** An instance is not used any more. */
  remove(instance: Instance): void;
  /** An instance has no event; `end` is called when it has waited for too long. */
  wait(instance: Instance, end: () => void): void;
  readonly idle: readonly Instance[];
  /** Those with at least one event. */
  busy(): readonly Instance[];
  /**
   * The instance that gets the next event, which does not wait any more: the busy one with the most events that has fewer than `most`, and else
   * the idle one that was used last. One whose event has run for longer than a few were to take gets another only when
   * none is idle.
   */
  choose(most: number): Instance | undefined;
}

/** An event that has run for so long is not short: none waits behind it, and another instance is started for those that have waited for so long. */
export const LONG_MS = 25;

/** @param warm ends instances that are idle for too long */
export function createReadyInstances(warm: WarmInstances<Instance>): ReadyInstances {
  const all = new Set<Instance>();
  const idle: Instance[] = [];
  const busy = () => [...all].filter(({ load }) => load > 0);
  const mostLoaded = (most: number, longMs: number): Instance | undefined => {
    let chosen: Instance | undefined;
    for (const instance of all) {
      if (instance.load === 0 || instance.load >= most || instance.load < (chosen?.load ?? 0)) continue;
      if (instance.runningMs() < longMs) chosen = instance;
    }
    return chosen;
  };
  return {
    add: (instance) => void all.add(instance),
    remove(instance) {
      const position = idle.indexOf(instance);
      if (position >= 0) idle.splice(position, 1);
      all.delete(instance);
      warm.remove(instance);
    },
    wait(instance, end) {
      idle.push(instance);
      warm.add(instance, end);
    },
    idle,
    busy,
    choose(most) {
      const loaded = most > 1 ? mostLoaded(most, idle.length > 0 ? GIVEN_MS : LONG_MS) : undefined;
      if (loaded !== undefined) return loaded;
      const free = idle.pop();
      if (free !== undefined) warm.remove(free);
      return free;
    },
  };
}
