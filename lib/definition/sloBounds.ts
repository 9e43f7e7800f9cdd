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
  why: `In this time 99 of 100 requests end. API Gateway ends each after ${LONGEST_REQUEST_MS / 1000} seconds, and no request is as fast as 10 milliseconds.`,
};

/** Percentage of requests that do not fail. */
export const AVAILABILITY_BOUNDS: Amount = {
  unit: 'percent',
  min: 90,
  max: 99.999,
  decimals: 'any',
  why: 'Write the share of requests that succeed, such as 99.9. No service keeps 100.',
};
