import { createRecencyList } from './recency.ts';

/** Counts of many addresses over a sliding window. */
export interface Windows {
  /** Counts one request of an address and gives those within the window, this one included. */
  count(address: number, nowMs: number): number;
}

/** The window moves in steps of a tenth: WAF estimates, and ten counters an address are estimate enough. */
const SLICES = 10;
/** Addresses that one rule tracks; beyond it the one that was quiet longest is forgotten. */
const MOST_TRACKED = 10_000;
const UNTRACKED = -1;

/**
 * The windows of a rate-based rule of WAF.
 *
 * @param addresses - how many there are; they are numbered from 0.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
export function createWindows(addresses: number, seconds: number): Windows {
  const sliceMs = (seconds * 1000) / SLICES;
  const counts = new Uint32Array(addresses * SLICES);
  const totals = new Uint32Array(addresses);
  const last = new Float64Array(addresses).fill(UNTRACKED);
  const order = addresses > MOST_TRACKED ? createRecencyList(addresses, MOST_TRACKED) : undefined;

  const begin = (address: number, slice: number) => {
    counts.fill(0, address * SLICES, (address + 1) * SLICES);
    totals[address] = 0;
    last[address] = slice;
  };
  const advance = (address: number, slice: number) => {
    const steps = Math.min(SLICES, slice - (last[address] ?? slice));
    for (let step = 0; step < steps; step += 1) {
      const at = address * SLICES + ((slice - step) % SLICES);
      totals[address] = (totals[address] ?? 0) - (counts[at] ?? 0);
      counts[at] = 0;
    }
    last[address] = slice;
  };
  return {
    count(address, nowMs) {
      const slice = Math.floor(nowMs / sliceMs);
      if (last[address] === UNTRACKED) begin(address, slice);
      else if (last[address] !== slice) advance(address, slice);
      const forgotten = order?.touch(address);
      if (forgotten !== undefined) last[forgotten] = UNTRACKED;
      const at = address * SLICES + (slice % SLICES);
      counts[at] = (counts[at] ?? 0) + 1;
      const total = (totals[address] ?? 0) + 1;
      totals[address] = total;
      return total;
    },
  };
}
