import type { DayResult } from './day.ts';
import type { Sample } from './sample.ts';
import type { GatewayResult } from './soakGateway.ts';

/** How much may be added in a day to what objects hold: tables that grew once, and what code needs that is compiled later. */
const MAX_HEAP = { ratio: 1.05, mb: 1 };
const MAX_SLOWER = 1.1;
/** Sockets that are open at the moment of the count. */
const MAX_DESCRIPTORS = 4;
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

/** The same of the local gateway after each load. */
export function checksOfGateway({ loads }: GatewayResult): readonly Check[] {
  const name = 'local gateway';
  const times = loads.map(({ microseconds }) => microseconds);
  return [...heldChecks(name, loads), slowerCheck(`${name}: processor time of a request, µs`, times)];
}

/** Samples of something that does not leak can all be compared: the first with the last. */
function heldChecks(name: string, samples: readonly Sample[]): readonly Check[] {
  const check = (what: string, of: keyof Sample, most: (start: number) => number): Check => {
    const [first = Number.NaN, last = Number.NaN] = [samples[0]?.[of], samples.at(-1)?.[of]];
    return { what: `${name}: ${what}`, first, last, passes: last <= most(first) };
  };
  return [
    check('memory after a collection, MB', 'heapMb', (start) => start * MAX_HEAP.ratio + MAX_HEAP.mb),
    check('descriptors', 'descriptors', (start) => start + MAX_DESCRIPTORS),
    check('active resources', 'resources', (start) => start + MAX_DESCRIPTORS),
  ];
}

function slowerCheck(what: string, times: readonly number[]): Check {
  const [first, last] = [Math.min(...times.slice(0, SAMPLES)), Math.min(...times.slice(-SAMPLES))];
  return { what, first, last, passes: times.length > 0 && last <= first * MAX_SLOWER };
}
