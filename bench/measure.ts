import type { Part } from './parts.ts';
import type { Row } from './row.ts';

/** What a run of the bench has: the rows of the parts that were measured, and why others were not. */
export interface Measured {
  readonly rows: readonly Row[];
  readonly failed: readonly { readonly part: Part; readonly reason: string }[];
}

interface Progress {
  /** About what each part takes on a quiet machine of two cores. */
  readonly seconds: Readonly<Record<Part, number>>;
  say(line: string): void;
  /** Receives all rows so far, before the first part and after each: what was measured is kept when a later part does not end. */
  keep?(rows: readonly Row[]): void;
  now?(): number;
}

/** Measures one part after the other. A part that fails costs its own rows, and no others. */
export async function measureParts(
  parts: readonly Part[],
  measure: (part: Part) => Promise<readonly Row[]>,
  { seconds, say, keep, now = () => performance.now() }: Progress,
): Promise<Measured> {
  const rows: Row[] = [];
  const failed: { part: Part; reason: string }[] = [];
  const started = now();
  let expected = 0;
  keep?.(rows);
  for (const [i, part] of parts.entries()) {
    const took = (now() - started) / 1000;
    const left = parts.slice(i).reduce((sum, one) => sum + seconds[one], 0);
    // Scaled by this machine's speed so far.
    const speed = expected === 0 ? 1 : took / expected;
    say(
      `${i + 1} of ${parts.length}, ${part} (${Math.round(took)} s so far, about ${Math.round(left * speed)} s left)`,
    );
    try {
      rows.push(...(await measure(part)));
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failed.push({ part, reason });
      say(`${part} failed, and has no rows: ${reason}`);
    }
    keep?.(rows);
    expected += seconds[part];
  }
  say(`measured in ${Math.round((now() - started) / 1000)} s`);
  return { rows, failed };
}

/** 3 if a part failed, 1 if a row misses its target. */
export function exitCodeOf({ rows, failed }: Measured): 0 | 1 | 3 {
  if (failed.length > 0) return 3;
  return rows.every(({ pass }) => pass) ? 0 : 1;
}
