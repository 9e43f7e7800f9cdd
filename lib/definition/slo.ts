import type { Amount } from './shape.ts';

/**
 * API Gateway ends a request after 29 seconds: nothing takes longer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
const LONGEST_REQUEST_MS = 29_000;

/** Milliseconds in which 99 of 100 requests end. */
export const P99_BOUNDS: Amount = {
  unit: 'milliseconds',
  min: 10,
  max: LONGEST_REQUEST_MS,
  why: 'In this time 99 of 100 requests end. API Gateway ends each after 29 seconds, and no request is as fast as 10 milliseconds.',
};

/** Percentage of requests that do not fail. */
export const AVAILABILITY_BOUNDS: Amount = {
  unit: 'percent',
  min: 90,
  max: 99.999,
  decimals: 'any',
  why: 'Write the share of requests that succeed, such as 99.9. No service keeps 100.',
};

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
