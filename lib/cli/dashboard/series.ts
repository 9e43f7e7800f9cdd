/** A line of a graph. */
export interface Series {
  readonly label: string;
  /** Milliseconds since 1970, the oldest first. */
  readonly points: readonly (readonly [time: number, value: number])[];
  /** Seconds between two points. */
  readonly period: number;
}
