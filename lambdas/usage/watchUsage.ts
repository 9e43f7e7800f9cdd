import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Readable, UsageEnvironment, WatchedPlan } from '../shared/wireContract.ts';
import { usageReader } from './usageReader.ts';

/** From this share on, a client's use is worth a line in the log; the first alarm looks at the same. */
const NEARLY_PERCENT = 80;

/**
 * Makes the function that tells how far quotas are used: the metric `QuotaUsedPercent` (namespace `SecureApi`, dimension sets
 * `{ api }` and `{ api, tier }`) is that of the key that has used most, and each key from 80% on has a line in the log, by its
 * id, which `secure-api clients list` gives a name to.
 *
 * @example
 * ```ts
 * export const handler = watchUsage('documents');
 * ```
 */
export function watchUsage(api: string): () => Promise<void> {
  const logger = new Logger();
  const metrics = new Metrics();
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ api });
  return async () => {
    const environment: Readable<UsageEnvironment> = process.env;
    const plans = JSON.parse(environment.SECURE_API_USAGE_PLANS ?? '[]') as readonly WatchedPlan[];
    const remainingOf = usageReader(environment);
    const day = new Date().toISOString().slice(0, 10);
    for (const plan of plans) {
      let most = 0;
      for (const [keyId, remaining] of await remainingOf(plan, day)) {
        const percent = (100 * (plan.limit - remaining)) / plan.limit;
        most = Math.max(most, percent);
        if (percent >= NEARLY_PERCENT) logger.warn('quota nearly used', { tier: plan.tier, keyId, percent, remaining });
      }
      // Each set is joined with the default one, so the empty set stands for `{ api }` alone.
      metrics.addDimensions({}).addDimensions({ tier: plan.tier });
      metrics.addMetric('QuotaUsedPercent', MetricUnit.Percent, most);
      metrics.publishStoredMetrics();
    }
  };
}
