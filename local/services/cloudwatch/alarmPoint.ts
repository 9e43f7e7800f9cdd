import type { Point } from './math/series.ts';

/** What an alarm compares in a period. */
export interface AlarmPoint {
  /** Where the period starts (simulated ms). */
  readonly start: number;
  readonly value: Point;
  /** Bounds of the band, where the alarm has one. A period without a band has no value either. */
  readonly upper?: number;
  readonly lower?: number;
}
