/** Objectives of an API and of each group of its routes, as a definition writes them. Alarms fire on how fast they are missed. */
export interface SloInput {
  /** Percentage of requests that do not end with 5xx, 90–99.999. Default: 99.9. */
  readonly availability?: number;
  /** Milliseconds in which 99 of 100 requests end, 10–29,000. Default: 3,000. */
  readonly p99?: number;
}

/** Objectives with every default filled in. */
export type Slo = Required<SloInput>;

/** The objectives of an API whose definition has none. */
export const DEFAULT_SLO: Slo = { availability: 99.9, p99: 3_000 };

/** Fills in the defaults; the input has passed the checks. */
export function sloOf({ availability, p99 }: SloInput): Slo {
  return { availability: availability ?? DEFAULT_SLO.availability, p99: p99 ?? DEFAULT_SLO.p99 };
}
