import { median } from '../row.ts';
import { type Placement, placed } from './cores.ts';
import { type FunctionCode, type Invocation, type RunningFunction, startFunction } from './function.ts';

/**
 * Events before the first one that counts. The time of a batch falls until there were 3,000 to 5,000: V8 compiles hot code in several steps. After 1,000, an
 * invocation of the authorizer takes about a third longer than after 5,000, and the ratio to an empty function is larger, too.
 */
const WARM_UP = 5_000;
/** Both functions are alive, and take turns after so many invocations: a slow moment of the machine meets both. */
const BATCH = 50;
const BATCHES = 20;

/** Invocations that count. */
const MEASURED = BATCH * BATCHES;

/** Invocations of one function in one comparison: with as many events, none is seen twice, so no cache can skip the work. */
export const INVOCATIONS = WARM_UP + MEASURED;

/** How much a comparison does. */
export interface Effort {
  /** Each has fresh processes. */
  readonly rounds: number;
  /** Events before those that count. A test that only wants responses needs few. */
  readonly warmUp?: number;
}

/** A function, and the events it is invoked with, from the first again after the last. */
export interface Side {
  readonly code: FunctionCode;
  readonly events: readonly string[];
}

/** A figure of each side: the middle of all measurements, and the least. */
export interface Compared {
  readonly median: Pair;
  readonly minimum: Pair;
}

/** Microseconds of an invocation, from the event handed out until the next one is asked for. */
export interface Times {
  /** The middle of all invocations, which rows have. */
  readonly median: number;
  /** The middle of the fastest batch. */
  readonly minimum: number;
  /** The middle of all invocations, until the response was there (ADR 63 says why rows do not have it). */
  readonly untilResponse: number;
}

type Spans = Pick<Invocation, 'microseconds' | 'untilResponse'>;

interface Pair {
  readonly ours: number;
  readonly peer: number;
}

/** Warm invocations of several functions, which take turns, so that their figures can be compared with each other. */
export async function warmInvocations<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  { rounds, warmUp = WARM_UP }: Effort,
  placement: Placement = 'own core',
): Promise<Readonly<Record<Name, Times>>> {
  const names = Object.keys(sides) as Name[];
  const measured = names.map((name) => ({ name, batches: [] as Spans[][] }));
  await placed(placement, async (core) => {
    for (let round = 0; round < rounds; round++) {
      const running = await Promise.all(
        measured.map(async ({ name, batches }) => {
          const { code, events } = sides[name];
          const started = await startFunction(code, { core });
          return { batches, invoke: invoker(started, events), end: () => started.end() };
        }),
      );
      try {
        for (const { invoke } of running) await invoke(warmUp);
        for (let batch = 0; batch < BATCHES; batch++) {
          for (const { batches, invoke } of running) batches.push(await invoke(BATCH));
        }
      } finally {
        await Promise.all(running.map(({ end }) => end()));
      }
    }
  });
  return Object.fromEntries(measured.map(({ name, batches }) => [name, timesOf(batches)])) as Record<Name, Times>;
}

function timesOf(batches: readonly (readonly Spans[])[]): Times {
  return {
    median: medianOf(batches.flat(), 'microseconds'),
    minimum: Math.min(...batches.map((batch) => medianOf(batch, 'microseconds'))),
    untilResponse: medianOf(batches.flat(), 'untilResponse'),
  };
}

function medianOf(invocations: readonly Spans[], span: keyof Spans): number {
  return median(invocations.map((one) => one[span]));
}

/** Invokes with one event after the other, from the first again after the last. */
function invoker(running: RunningFunction, events: readonly string[]): (count: number) => Promise<Spans[]> {
  let next = 0;
  return async (count) => {
    const took: Spans[] = [];
    for (let i = 0; i < count; i++) {
      const invocation = await running.invoke(events[next++ % events.length] ?? '');
      requireSuccess(invocation);
      const { microseconds, untilResponse } = invocation;
      took.push({ microseconds, untilResponse });
    }
    return took;
  };
}

/** Milliseconds from the start of a process to its first response, of fresh processes in turns. */
export async function firstResponses(
  ours: FunctionCode,
  peer: FunctionCode,
  event: string,
  rounds: number,
): Promise<Compared> {
  const took = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    took.ours.push(await firstResponse(ours, event));
    took.peer.push(await firstResponse(peer, event));
  }
  return {
    median: { ours: median(took.ours), peer: median(took.peer) },
    minimum: { ours: Math.min(...took.ours), peer: Math.min(...took.peer) },
  };
}

async function firstResponse(code: FunctionCode, event: string): Promise<number> {
  const running = await startFunction(code);
  try {
    const invocation = await running.invoke(event);
    const age = running.age();
    requireSuccess(invocation);
    return age;
  } finally {
    await running.end();
  }
}

/** Writes what both sides took to stderr, for the reader of a run. */
export function report(name: string, unit: string, { median, minimum }: Compared): void {
  const pair = ({ ours, peer }: Pair) => `${ours.toPrecision(4)} and ${peer.toPrecision(4)} ${unit}`;
  process.stderr.write(`  ${name}: median ${pair(median)}, minimum ${pair(minimum)}\n`);
}

/** Writes to stderr what each function took, and its ratio to the first one. */
export function reportTurns(times: Readonly<Record<string, Times>>): void {
  const [first] = Object.values(times);
  for (const [name, { median, minimum, untilResponse }] of Object.entries(times)) {
    const span = (took: number, of: number | undefined) =>
      `${took.toFixed(0)} µs, ${(took / (of ?? took)).toFixed(3)} times`;
    const spans = [
      `median ${span(median, first?.median)}`,
      `minimum ${span(minimum, first?.minimum)}`,
      `only until the response ${span(untilResponse, first?.untilResponse)}`,
    ];
    process.stderr.write(`  ${name}: ${spans.join('; ')}\n`);
  }
}

/** A rejection is faster than a response, and would measure nothing. */
function requireSuccess({ response }: Invocation): void {
  const { statusCode, policyDocument } = response as {
    readonly statusCode?: number;
    readonly policyDocument?: { readonly Statement: readonly { readonly Effect: string }[] };
  };
  const denied = policyDocument?.Statement.every(({ Effect }) => Effect === 'Deny') ?? false;
  if (Number(statusCode ?? 200) >= 400 || denied) throw new Error(`not served: ${JSON.stringify(response)}`);
}
