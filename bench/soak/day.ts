import { readdirSync } from 'node:fs';
import { median } from '../row.ts';

/** Seconds of the driven clock from one step to the next; the shortest time that the authorizer keeps a result. */
export const STEP_SECONDS = 15;
const SECONDS_OF_AN_HOUR = 3_600;
/** Share of the steps until caches are full and code is compiled. */
const WARM_UP = 0.1;
/** Share of the steps that are the first part, and the last part. */
const PART = 0.1;

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
  /** Processor time of a request, in µs. */
  readonly first: number;
  readonly last: number;
  readonly heapMb: Measured;
  readonly descriptors: Measured;
  readonly resources: Measured;
}

interface Measured {
  readonly start: number;
  readonly end: number;
}

interface Snapshot {
  readonly heapMb: number;
  readonly descriptors: number;
  readonly resources: number;
}

/** What happens in a step besides its requests, and what a request is. */
export interface Work {
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
  const faults: string[] = [];
  const took: number[] = [];
  const warm = Math.floor(steps * WARM_UP);
  let start: Snapshot | undefined;
  for (let step = 0; step < steps; step++) {
    if (step === warm) start = snapshot();
    faults.push(...(await work.step(step)));
    const began = process.cpuUsage();
    for (let i = 0; i < perStep; i++) {
      const fault = await work.request(step, i);
      if (fault !== undefined) faults.push(`step ${step}: ${fault}`);
    }
    const { user, system } = process.cpuUsage(began);
    took.push((user + system) / perStep);
    move(STEP_SECONDS);
  }
  const end = snapshot();
  const part = Math.ceil(steps * PART);
  const measured = (name: keyof Snapshot): Measured => ({ start: start?.[name] ?? Number.NaN, end: end[name] });
  return {
    requests: steps * perStep,
    faults: faults.slice(0, 20),
    first: median(took.slice(warm, warm + part)),
    last: median(took.slice(-part)),
    heapMb: measured('heapMb'),
    descriptors: measured('descriptors'),
    resources: measured('resources'),
  };
}

/** After a collection, so that garbage does not count. */
function snapshot(): Snapshot {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return {
    heapMb: process.memoryUsage().heapUsed / 1_000_000,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
  };
}
