import { microsecondsSince, quarter, referenceMicroseconds } from './reference.ts';
import { type Sample, sample } from './sample.ts';

/** Seconds of the driven clock from one step to the next; the shortest time that the authorizer keeps a result. */
export const STEP_SECONDS = 15;
const SECONDS_OF_AN_HOUR = 3_600;
/** A day has ten parts. In the first one, code is compiled. */
const PARTS = 10;
/** Steps from one measurement of the reference to the next. */
const REFERENCE_STEPS = 2;

/** How much a day has. */
export interface DaySize {
  readonly hours: number;
  readonly requests: number;
}

/** What a day with requests left. */
export interface DayResult {
  readonly requests: number;
  /** Results that were not as expected, the first ones. */
  readonly faults: readonly string[];
  /** At the end of each tenth of the day. */
  readonly tenths: readonly Tenth[];
}

/** A tenth of a day, and what is there at its end. */
export interface Tenth extends Sample {
  /** Processor time of a request, in µs: of a fast step, which nothing else on the machine has slowed. */
  readonly microseconds: number;
  /** The same, in units of a reference that does not change: a part of the day in which the machine is slower compares with the others. */
  readonly references: number;
}

/** What happens in a step besides its requests, and what a request is. */
export interface Work {
  /** Before the first step, on the clock of the first: fills caches up to their bound, because a cache that fills is no leak. */
  fill?(): Promise<readonly string[]>;
  /** @returns results that were not as expected. */
  step(step: number): Promise<readonly string[]>;
  /** @returns what was wrong. */
  request(step: number, i: number): Promise<string | undefined>;
}

/** Replaces the clock of this process, timers excepted. Returns what moves it. */
export function drivenClock(): (seconds: number) => void {
  let now = Date.now();
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args: readonly unknown[]) {
      if (args.length === 0) super(now);
      else super(...(args as [number]));
    }
    static override now(): number {
      return now;
    }
  } as DateConstructor;
  return (seconds) => {
    now += seconds * 1000;
  };
}

/** Lets the hours pass, in steps with equally many requests each. Needs `--expose-gc`. */
export async function passDay(
  { hours, requests }: DaySize,
  move: (seconds: number) => void,
  work: Work,
): Promise<DayResult> {
  const steps = (hours * SECONDS_OF_AN_HOUR) / STEP_SECONDS;
  const perStep = Math.ceil(requests / steps);
  const faults: string[] = [...((await work.fill?.()) ?? [])];
  const tenths: Tenth[] = [];
  let took: number[] = [];
  let reference: number[] = [];
  for (let step = 0; step < steps; step++) {
    faults.push(...(await work.step(step)));
    const began = process.cpuUsage();
    for (let i = 0; i < perStep; i++) {
      const fault = await work.request(step, i);
      if (fault !== undefined) faults.push(`step ${step}: ${fault}`);
    }
    took.push(microsecondsSince(began) / perStep);
    if (step % REFERENCE_STEPS === 0) reference.push(referenceMicroseconds());
    move(STEP_SECONDS);
    if (step + 1 < Math.round(((tenths.length + 1) * steps) / PARTS)) continue;
    const microseconds = quarter(took);
    tenths.push({ microseconds, references: microseconds / quarter(reference), ...(await sample()) });
    [took, reference] = [[], []];
  }
  return { requests: steps * perStep, faults: faults.slice(0, 20), tenths };
}
