/** One comparison. `ratio` is ours to the peer's in the row's own unit; `target` is null until one is set. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  readonly ratio: number;
  readonly target: number | null;
  readonly pass: boolean;
}

/** Builds a row. With a target, a cost passes at or below it and a rate at or above it. */
export function row(name: string, unit: string, ours: number, peer: number, target: number | null = null): Row {
  const ratio = peer === 0 ? Number.NaN : ours / peer;
  const isRate = unit.endsWith('/s');
  const pass = target === null || (isRate ? ratio >= target : ratio <= target);
  return { name, unit, ours: rounded(ours), peer: rounded(peer), ratio: rounded(ratio), target, pass };
}

/** The middle of an odd number of measurements, which one hiccup of the machine does not move. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
