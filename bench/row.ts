/** One comparison. `ratio` is ours to the peer's in the row's own unit; `target` is what it is to reach. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  readonly ratio: number;
  readonly target: number;
  readonly pass: boolean;
}

/** Builds a row. A cost passes at or below it and a rate at or above it. */
export function row(name: string, unit: string, ours: number, peer: number, target: number): Row {
  const ratio = peer === 0 ? Number.NaN : ours / peer;
  const isRate = unit.endsWith('/s');
  const pass = isRate ? ratio >= target : ratio <= target;
  return { name, unit, ours: rounded(ours), peer: rounded(peer), ratio: rounded(ratio), target, pass };
}

/**
 * A row of a difference: what ours adds to the peer, against what it may add. So `ours` is the difference, `peer` the maximum, and the
 * target of their ratio is 1.
 */
export function addedRow(
  name: string,
  unit: string,
  { ours, peer }: { readonly ours: number; readonly peer: number },
  allowed: number,
): Row {
  return row(name, unit, ours - peer, allowed, 1);
}

/** The middle of an odd number of measurements, which one hiccup of the machine does not move. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
