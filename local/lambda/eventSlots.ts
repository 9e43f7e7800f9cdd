/**
 * Which events of an instance have begun. Runner and worker share the memory, so that the runner can take back an event that still
 * waits behind a long one, while the worker is too busy to say so.
 */

const WAITING = 0;
const BEGUN = 1;
const WITHDRAWN = 2;
/**
 * More than a worker has not read yet: 32 that it has at a time, and those that were withdrawn behind the running event and the one before it, up to
 * 62 each.
 */
const SLOTS = 256;

/** Makes the memory that a worker and its runner share. */
export function createSlotMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT);
}

/** The runner's side. Events are numbered from 0. */
export interface EventSlots {
  /** Gives a slot to the next event. */
  add(event: number): number;
  /** @returns false for an event that has begun */
  withdraw(slot: number): boolean;
}

/** The runner's side of the memory. */
export function eventSlots(memory: SharedArrayBuffer): EventSlots {
  const states = new Int32Array(memory);
  return {
    add(event) {
      const slot = event % SLOTS;
      Atomics.store(states, slot, WAITING);
      return slot;
    },
    withdraw: (slot) => Atomics.compareExchange(states, slot, WAITING, WITHDRAWN) === WAITING,
  };
}

/** The worker's side: says whether an event may begin, which is true once. */
export function eventBeginner(memory: SharedArrayBuffer): (slot: number) => boolean {
  const states = new Int32Array(memory);
  return (slot) => Atomics.compareExchange(states, slot, WAITING, BEGUN) === WAITING;
}
