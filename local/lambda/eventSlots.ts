/**
 * Which events of an instance have begun, and when the last one did. Runner and worker share the memory, so that the runner can take back an
 * event that still waits behind a long one, while the worker is too busy to say so.
 */

// A handler can replace the global one.
const clock = performance;

const WAITING = 1;
const BEGUN = 2;
const WITHDRAWN = 3;
const ENDED = 0;
/** More than the events that an instance has at a time. */
const SLOTS = 64;
/** What follows the slots: when the last event began, by a clock that both threads have. */
const BEGAN_AT = SLOTS;

/** Makes the memory that a worker and its runner share. */
export function createSlotMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((SLOTS + 1) * Int32Array.BYTES_PER_ELEMENT);
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
  /** Milliseconds since an event began; 0 for one that waits, for example because its thread has no processor yet, or has ended. */
  begunMs(event: number): number;
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
    withdraw: (event) => replace(states, event, WAITING, WITHDRAWN),
    begunMs(event) {
      if (Atomics.load(states, slotOf(event)) !== stateOf(event, BEGUN)) return 0;
      return Math.max(0, (now() - Atomics.load(states, BEGAN_AT)) | 0);
    },
  };
}

/** The worker's side. */
export interface EventTurns {
  /** Whether an event may begin, which is true once. */
  begin(event: number): boolean;
  end(event: number): void;
}

/** The worker's side of the memory. */
export function eventTurns(memory: SharedArrayBuffer): EventTurns {
  const states = new Int32Array(memory);
  return {
    begin(event) {
      Atomics.store(states, BEGAN_AT, now());
      return replace(states, event, WAITING, BEGUN);
    },
    // A later event can wait in its slot already.
    end: (event) => void replace(states, event, BEGUN, ENDED),
  };
}

/** Milliseconds by a clock that both threads have, in 32 bits: only differences count. */
function now(): number {
  return (clock.timeOrigin + clock.now()) | 0;
}

/** @returns false when the event has another state */
function replace(states: Int32Array, event: number, from: number, to: number): boolean {
  const before = stateOf(event, from);
  return Atomics.compareExchange(states, slotOf(event), before, stateOf(event, to)) === before;
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
