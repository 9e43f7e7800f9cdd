import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { metricsName } from '../shared/metricsName.ts';
import { makeLogger } from '../shared/telemetry.ts';
import type { Readable, UsageEnvironment, WatchedPlan } from '../shared/wireContract.ts';
import { usageReader } from './usageReader.ts';

/** From this share on, the use of a key is logged; the first alarm has the same threshold. */
const NEARLY_PERCENT = 80;

/**
 * Makes the function that reports how much of the quotas is used: the metric `QuotaUsedPercent` (namespace `SecureApi`,
 * dimension sets `{ api }` and `{ api, tier }`) has the value of the key that has used most. Each key from 80% on is logged by
 * its id, which `secure-api clients list` shows with its client.
 *
 * @example
 * ```ts
 * export const handler = watchUsage('documents');
 * ```
 */
export function watchUsage(api: string): () => Promise<void> {
  const logger = makeLogger();
  const metrics = new Metrics();
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ api: metricsName(api) });
  return async () => {
    const environment: Readable<UsageEnvironment> = process.env;
    const plans = JSON.parse(environment.SECURE_API_USAGE_PLANS ?? '[]') as readonly WatchedPlan[];
    const remainingOf = usageReader(environment);
    const day = new Date().toISOString().slice(0, 10);
    for (const plan of plans) {
      let maximum = 0;
      for (const [keyId, remaining] of await remainingOf(plan, day)) {
        const percent = (100 * (plan.limit - remaining)) / plan.limit;
        maximum = Math.max(maximum, percent);
        if (percent >= NEARLY_PERCENT) logger.warn('quota nearly used', { tier: plan.tier, keyId, percent, remaining });
      }
      // Each set is joined with the default one, so the empty set stands for `{ api }` alone.
      metrics.addDimensions({}).addDimensions({ tier: plan.tier });
      metrics.addMetric('QuotaUsedPercent', MetricUnit.Percent, maximum);
      metrics.publishStoredMetrics();
    }
  };
}
