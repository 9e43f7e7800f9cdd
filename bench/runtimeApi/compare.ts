import { median } from '../row.ts';
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

/** A figure of each side: the middle of all measurements, and the least. */
export interface Compared {
  readonly median: Pair;
  readonly minimum: Pair;
}

/** Rows have the median of the invocations; the minimum is the middle of the fastest batch. */
export interface ComparedInvocations extends Compared {
  /** The middle of all invocations, until the response was there (ADR 63 says why rows do not have it). */
  readonly untilResponse: Pair;
}

type Spans = Pick<Invocation, 'microseconds' | 'untilResponse'>;

interface Pair {
  readonly ours: number;
  readonly peer: number;
}

/** Microseconds of a warm invocation, from the event handed out until the next one is asked for. */
export async function warmInvocations(
  ours: FunctionCode,
  peer: FunctionCode,
  events: readonly string[],
  { rounds, warmUp = WARM_UP }: Effort,
  peerEvents = events,
): Promise<ComparedInvocations> {
  const batches = { ours: [] as Spans[][], peer: [] as Spans[][] };
  for (let round = 0; round < rounds; round++) {
    const running = { ours: await startFunction(ours), peer: await startFunction(peer) };
    try {
      const sides = [invoker(running.ours, events), invoker(running.peer, peerEvents)] as const;
      for (const side of sides) await side(warmUp);
      for (let batch = 0; batch < BATCHES; batch++) {
        batches.ours.push(await sides[0](BATCH));
        batches.peer.push(await sides[1](BATCH));
      }
    } finally {
      await Promise.all([running.ours.end(), running.peer.end()]);
    }
  }
  const of = (reduce: (side: readonly Spans[][]) => number) => ({
    ours: reduce(batches.ours),
    peer: reduce(batches.peer),
  });
  return {
    median: of((side) => medianOf(side.flat(), 'microseconds')),
    minimum: of((side) => Math.min(...side.map((batch) => medianOf(batch, 'microseconds')))),
    untilResponse: of((side) => medianOf(side.flat(), 'untilResponse')),
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
export function report(name: string, unit: string, compared: Compared | ComparedInvocations): void {
  const pair = ({ ours, peer }: Pair) => `${ours.toPrecision(4)} and ${peer.toPrecision(4)} ${unit}`;
  const spans = [`median ${pair(compared.median)}`, `minimum ${pair(compared.minimum)}`];
  if ('untilResponse' in compared) {
    const { ours, peer } = compared.untilResponse;
    spans.push(`only until the response ${pair(compared.untilResponse)}, ${(ours / peer).toPrecision(3)} times`);
  }
  process.stderr.write(`  ${name}: ${spans.join('; ')}\n`);
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
