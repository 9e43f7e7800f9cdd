import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarmSpec.ts';
import { decisionMetric, FIVE_MINUTES, rejectionMetric } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** Lambda's default, for a function without a timeout (Lambda quotas). */
const DEFAULT_TIMEOUT_MS = 3_000;
/** A run that takes longer than this share of the timeout is close to being stopped. */
const SLOW_SHARE = 0.8;

/**
 * Alarms on the authorizer. Its own metric counts errors that it caught; the gateway's count also includes crashes,
 * timeouts and runs that never started. The metric `Errors` of Lambda does not help: the authorizer throws to return 401,
 * so each invalid token is an error there.
 */
export function authorizerAlarms(
  { restApi, authorizer }: MonitoredResources,
  thresholds: AlarmThresholds,
): readonly AlarmSpec[] {
  const timeoutMs = authorizer.timeout?.toMilliseconds() ?? DEFAULT_TIMEOUT_MS;
  return [
    {
      id: 'AuthorizerErrors',
      severity: 'page',
      description: `the authorizer could not decide (500): the issuer's keys or the secret are unreachable.`,
      metric: decisionMetric(restApi.restApiName, 'AuthorizerError'),
      threshold: thresholds.authorizerErrors ?? 1,
    },
    {
      id: 'AuthorizerFailures',
      severity: 'page',
      description: `the authorizer returned no result for requests (500): it crashed, timed out, or could not decide.`,
      metric: rejectionMetric(restApi.restApiName, 'AuthorizerFailed'),
      threshold: thresholds.authorizerFailures ?? 1,
    },
    {
      id: 'AuthorizerSlow',
      severity: 'ticket',
      description: `the authorizer almost ran out of time: the issuer, a secret or a table is slow.`,
      metric: authorizer.metricDuration({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
      threshold: thresholds.authorizerMs ?? Math.floor(timeoutMs * SLOW_SHARE),
    },
  ];
}
