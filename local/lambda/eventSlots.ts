/**
 * Which events of an instance have begun. Runner and worker share the memory, so that the runner can take back an event that still
 * waits behind a long one, while the worker is too busy to say so.
 */

const WAITING = 1;
const BEGUN = 2;
const WITHDRAWN = 3;
/** More than the events that an instance has at a time. */
const SLOTS = 64;

/** Makes the memory that a worker and its runner share. */
export function createSlotMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT);
}

/** The runner's side. */
export interface EventSlots {
  /**
   * @returns the number of the next event, which waits now
   * @throws RangeError when there is a waiting event in each slot
   */
  add(): number;
  /** @returns false for an event that has begun */
  withdraw(event: number): boolean;
}

/** The runner's side of the memory. */
export function eventSlots(memory: SharedArrayBuffer): EventSlots {
  const states = new Int32Array(memory);
  let last = 0;
  return {
    add() {
      // The slot of a withdrawn event is used again although the worker has not read that event yet: the number says that it is not the same one.
      for (let tried = 0; tried < SLOTS; tried += 1) {
        last += 1;
        if (isWaiting(Atomics.load(states, slotOf(last)))) continue;
        Atomics.store(states, slotOf(last), stateOf(last, WAITING));
        return last;
      }
      throw new RangeError(`${SLOTS} events wait in one instance`);
    },
    withdraw: (event) => replaceWaiting(states, event, WITHDRAWN),
  };
}

/** The worker's side: says whether an event may begin, which is true once. */
export function eventBeginner(memory: SharedArrayBuffer): (event: number) => boolean {
  const states = new Int32Array(memory);
  return (event) => replaceWaiting(states, event, BEGUN);
}

/** @returns false when the event does not wait any more */
function replaceWaiting(states: Int32Array, event: number, state: number): boolean {
  const waiting = stateOf(event, WAITING);
  return Atomics.compareExchange(states, slotOf(event), waiting, stateOf(event, state)) === waiting;
}

function slotOf(event: number): number {
  return event % SLOTS;
}

/** The state of this event and of no other: the number of the event, and two bits. */
function stateOf(event: number, state: number): number {
  return (event << 2) | state;
}

function isWaiting(state: number): boolean {
  return (state & 3) === WAITING;
}
