import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarmSpec.ts';
import { decisionMetric, FIVE_MINUTES, rejectionMetric } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** Used when the function says no timeout: Lambda's default (Lambda quotas). */
const DEFAULT_TIMEOUT_MS = 3_000;
/** What is slower than this share of the timeout is about to be cut off. */
const SLOW_SHARE = 0.8;

/**
 * Alarms on the function that decides who may call. Its own count tells why it could not decide; that of the gateway also sees
 * when it crashed, timed out or never ran, which it cannot tell itself. The metric `Errors` of Lambda would not do: the
 * authorizer throws to answer 401, so each bad token is an error there.
 */
export function authorizerAlarms(
  { api, restApi, authorizer }: MonitoredResources,
  thresholds: AlarmThresholds,
): readonly AlarmSpec[] {
  const timeoutMs = authorizer.timeout?.toMilliseconds() ?? DEFAULT_TIMEOUT_MS;
  return [
    {
      id: 'AuthorizerErrors',
      description: `${api.name}: the authorizer could not decide (500): the issuer's keys or the secret are out of reach.`,
      metric: decisionMetric(api.name, 'AuthorizerError'),
      threshold: thresholds.authorizerErrors ?? 1,
    },
    {
      id: 'AuthorizerFailures',
      description: `${api.name}: requests got no answer of the authorizer (500): it crashed, timed out, or could not decide.`,
      metric: rejectionMetric(restApi.restApiName, 'AuthorizerFailed'),
      threshold: thresholds.authorizerFailures ?? 1,
    },
    {
      id: 'AuthorizerSlow',
      description: `${api.name}: the authorizer almost ran out of time: the issuer, a secret or a table is slow.`,
      metric: authorizer.metricDuration({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
      threshold: thresholds.authorizerMs ?? Math.floor(timeoutMs * SLOW_SHARE),
    },
  ];
}
