import { OUTCOMES, type OutcomeName } from './outcome.ts';

/** How many requests were sent, and how they ended. */
export type Counts = { readonly [Name in OutcomeName]: number } & { readonly sent: number };

/** What the clients of a tier got together. */
export interface GroupResult extends Counts {
  readonly name: string;
  readonly clients: number;
  readonly servedPerSecond: number;
  /** Seconds from the start to the first rejection; absent when there was none. */
  readonly firstRejectedSeconds?: number;
  /** Share of its requests, 0–1, that the least and the most served client got: a shared key is rarely shared evenly. */
  readonly leastServedShare: number;
  readonly mostServedShare: number;
}

/** Counted requests, by client and outcome. */
export interface Tally {
  readonly names: readonly string[];
  readonly tierOf: Uint16Array;
  /** The count of client `c` and outcome `o` is at `c * OUTCOMES.length + o`. */
  readonly counts: Uint32Array;
  readonly firstRejectedMs: Float64Array;
  readonly seconds: number;
}

/** Adds up a tally by group. */
export function summarize(tally: Tally) {
  const ofClient = (client: number): Counts =>
    countsOf([...tally.counts.subarray(client * OUTCOMES.length, (client + 1) * OUTCOMES.length)]);
  const clientsOf = (group: number) => [...tally.tierOf.keys()].filter((client) => tally.tierOf[client] === group);
  const groups = tally.names.flatMap((name, group): readonly GroupResult[] => {
    const members = clientsOf(group).map(ofClient);
    return members.length === 0 ? [] : [groupOf(name, members, { ...tally, group })];
  });
  return { groups, total: sumOf(groups), ofClient };
}

function groupOf(
  name: string,
  members: readonly Counts[],
  { seconds, firstRejectedMs, group }: Tally & { readonly group: number },
): GroupResult {
  const sum = sumOf(members);
  const first = firstRejectedMs[group] ?? Number.POSITIVE_INFINITY;
  let least = 1;
  let most = 0;
  for (const { sent, served } of members) {
    if (sent === 0) continue;
    least = Math.min(least, served / sent);
    most = Math.max(most, served / sent);
  }
  return {
    name,
    clients: members.length,
    ...sum,
    servedPerSecond: sum.served / seconds,
    ...(Number.isFinite(first) ? { firstRejectedSeconds: first / 1000 } : {}),
    leastServedShare: least,
    mostServedShare: most,
  };
}

function sumOf(all: readonly Counts[]): Counts {
  return countsOf(OUTCOMES.map((name) => all.reduce((sum, counts) => sum + counts[name], 0)));
}

function countsOf(byOutcome: readonly number[]): Counts {
  const [served = 0, waf = 0, rate = 0, quota = 0, stage = 0] = byOutcome;
  return { sent: served + waf + rate + quota + stage, served, waf, rate, quota, stage };
}
