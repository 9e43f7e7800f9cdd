import type { MetricsEnvironment, Readable } from './wireContract.ts';

/**
 * The dimension `api` of metrics: the name that the construct gives the API, so that two stacks of one definition count apart.
 *
 * @param definitionName is the dimension where a function runs without a stack, as in tests.
 */
export function metricsName(definitionName: string): string {
  const environment: Readable<MetricsEnvironment> = process.env;
  return environment.SECURE_API_NAME ?? definitionName;
}
