import type { DayResult } from './day.ts';
import type { Sample } from './sample.ts';
import type { GatewayResult } from './soakGateway.ts';

/** How much may be added in a day to what objects hold: tables that grew once, and what code needs that is compiled later. */
const MAX_HEAP = { ratio: 1.05, mb: 1 };
const MAX_SLOWER = 1.1;
/** Sockets that are open at the moment of the count. */
const MAX_DESCRIPTORS = 4;
/** What the thread of a further instance of a function has, which the local gateway starts when events are long. */
const DESCRIPTORS_OF_THREAD = 5;
/** The load calls one function, which has four instances at most. */
const MAX_FURTHER_THREADS = 3;
/** Samples on each side of a comparison of times: the least of them, because something else on the machine slows some of them. */
const SAMPLES = 3;

/** What a soak requires: a figure at its start, the same at its end, and whether that may be. */
export interface Check {
  readonly what: string;
  readonly first: number;
  readonly last: number;
  readonly passes: boolean;
}

/** Nothing grew since the end of the first tenth of a day, and a request takes no longer at the end than after that tenth. */
export function checksOfDay(name: string, { tenths }: DayResult): readonly Check[] {
  const references = tenths.slice(1).map((tenth) => tenth.references);
  return [
    ...heldChecks(name, tenths),
    slowerCheck(`${name}: processor time of a request, against a reference`, references),
  ];
}

/**
 * The same of the local gateway after each load. It starts a further instance now and then, so times are compared where as many threads ran.
 */
export function checksOfGateway({ loads }: GatewayResult): readonly Check[] {
  const name = 'local gateway';
  const usual = mostCommon(loads.map(({ threads }) => threads));
  const times = loads.filter(({ threads }) => threads === usual).map(({ references }) => references);
  return [
    ...heldChecks(name, loads),
    heldCheck(
      `${name}: threads`,
      loads.map(({ threads }) => threads),
      (start) => start + MAX_FURTHER_THREADS,
    ),
    slowerCheck(`${name}: processor time of a request, against a reference`, times),
  ];
}

/** Samples of something that does not leak can all be compared: the first with the last. */
function heldChecks(name: string, samples: readonly Sample[]): readonly Check[] {
  const further = Math.max(0, (samples.at(-1)?.threads ?? 0) - (samples[0]?.threads ?? 0));
  const check = (what: string, of: keyof Sample, most: (start: number) => number) =>
    heldCheck(
      `${name}: ${what}`,
      samples.map((one) => one[of]),
      most,
    );
  return [
    check('memory after a collection, MB', 'heapMb', (start) => start * MAX_HEAP.ratio + MAX_HEAP.mb),
    check('descriptors', 'descriptors', (start) => start + MAX_DESCRIPTORS + DESCRIPTORS_OF_THREAD * further),
    check('active resources', 'resources', (start) => start + MAX_DESCRIPTORS + further),
  ];
}

function heldCheck(what: string, values: readonly number[], most: (start: number) => number): Check {
  const [first = Number.NaN, last = Number.NaN] = [values[0], values.at(-1)];
  return { what, first, last, passes: last <= most(first) };
}

function slowerCheck(what: string, times: readonly number[]): Check {
  const [first, last] = [Math.min(...times.slice(0, SAMPLES)), Math.min(...times.slice(-SAMPLES))];
  return { what, first, last, passes: Number.isFinite(last) && last <= first * MAX_SLOWER };
}

function mostCommon(values: readonly number[]): number | undefined {
  const count = (value: number) => values.filter((other) => other === value).length;
  return values.toSorted((one, other) => count(other) - count(one))[0];
}
