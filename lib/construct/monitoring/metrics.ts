import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ACCESS_LOG_NAMESPACE } from '../../../lambdas/shared/monitoringNames.ts';
import { METRICS_NAMESPACE } from '../../../lambdas/shared/wireContract.ts';

/** The window of every count. */
export const FIVE_MINUTES = Duration.minutes(5);
const BLOCKED = '($.wafResponseCode = "WAF_BLOCK") || ($.errorType = "WAF_FILTERED")';
const NOT_BLOCKED = '($.wafResponseCode != "WAF_BLOCK") && ($.errorType != "WAF_FILTERED")';

/** Statuses of requests that are not well formed, or larger than allowed. */
export const MALFORMED = ['400', '405', '406', '411', '413', '414', '415', '422', '431'] as const;

/**
 * Filters that count rejections in the access log; API Gateway has no metric for any of these. A request that the web ACL
 * rejected counts once, as blocked, whatever its status. The log can miss rejections at the edge: each count is a lower
 * bound.
 */
export const REJECTIONS = {
  Unauthorized: '{ $.status = "401" }',
  Forbidden: `{ ($.status = "403") && ${NOT_BLOCKED} }`,
  Throttled: `{ ($.status = "429") && ${NOT_BLOCKED} }`,
  WafBlocked: `{ ${BLOCKED} }`,
  NotFound: `{ ($.status = "404") && ${NOT_BLOCKED} }`,
  Malformed: `{ (${MALFORMED.map((status) => `($.status = "${status}")`).join(' || ')}) && ${NOT_BLOCKED} }`,
  AuthorizerFailed: '{ ($.errorType = "AUTHORIZER_FAILURE") || ($.errorType = "AUTHORIZER_CONFIGURATION_ERROR") }',
} as const;

/** A kind of rejection that is counted. */
export type RejectionName = keyof typeof REJECTIONS;

/** Metrics of the authorizer's decisions, and of those on the messages of webhooks. */
export type DecisionName =
  | 'AuthorizerAllow'
  | 'AuthorizerDeny'
  | 'AuthorizerReject'
  | 'AuthorizerError'
  | 'AuthorizerOpenRoutes'
  | 'WebhookReject'
  | 'WebhookError';

/** What is counted by tier. A metric with a dimension has no default value. */
const BY_TIER = {
  Requests: '{ $.tier = "*" }',
  Throttled: REJECTIONS.Throttled,
} as const;

/** What denied a caller, counted from each line: the gateway caches decisions, so the authorizer sees one in many. */
const DENIED = '{ ($.status = "403") && ($.errorType = "ACCESS_DENIED") }';

/** Adds a metric filter for each kind of rejection to the access log; `apiName` distinguishes the APIs of a region. */
export function countRejections(scope: Construct, apiName: string, logGroup: LogGroup): void {
  for (const [name, pattern] of Object.entries(REJECTIONS)) {
    new MetricFilter(scope, `Count${name}`, {
      logGroup,
      filterPattern: FilterPattern.literal(pattern),
      metricNamespace: ACCESS_LOG_NAMESPACE,
      metricName: `${apiName}-${name}`,
      metricValue: '1',
      defaultValue: 0,
    });
  }
  const count = (id: string, pattern: string, dimensions: Record<string, string>) => {
    new MetricFilter(scope, `Count${id}`, {
      logGroup,
      filterPattern: FilterPattern.literal(pattern),
      metricNamespace: ACCESS_LOG_NAMESPACE,
      metricName: `${apiName}-${id}`,
      metricValue: '1',
      dimensions,
    });
  };
  for (const [name, pattern] of Object.entries(BY_TIER)) count(`${name}ByTier`, pattern, { tier: '$.tier' });
  new MetricFilter(scope, 'CountLatencyByTier', {
    logGroup,
    filterPattern: FilterPattern.literal('{ ($.tier = "*") && ($.latency = "*") }'),
    metricNamespace: ACCESS_LOG_NAMESPACE,
    metricName: `${apiName}-LatencyByTier`,
    metricValue: '$.latency',
    unit: Unit.MILLISECONDS,
    dimensions: { tier: '$.tier' },
  });
  count('DeniedByReason', DENIED, { reason: '$.denialReason' });
}

/** Requests of a tier, or those of them that are throttled; `-` is the tier of public routes. */
export function tierMetric(apiName: string, name: keyof typeof BY_TIER, tier: string): Metric {
  return sum({ namespace: ACCESS_LOG_NAMESPACE, metricName: `${apiName}-${name}ByTier`, dimensionsMap: { tier } });
}

/** Milliseconds from request to response, of a tier. */
export function tierLatency(apiName: string, tier: string, statistic: string): Metric {
  const metricName = `${apiName}-LatencyByTier`;
  return sum({ namespace: ACCESS_LOG_NAMESPACE, metricName, dimensionsMap: { tier }, statistic });
}

/** Requests to a group of routes that its function ended with 5xx: Lambda counts what the function does not catch. */
export function groupErrors(apiName: string, group: string, period: Duration): Metric {
  const dimensionsMap = { api: apiName, group };
  return sum({ namespace: METRICS_NAMESPACE, metricName: 'ServerErrors', dimensionsMap, period });
}

/** Rejections of a kind; the sum over five minutes unless options say otherwise. */
export function rejectionMetric(apiName: string, name: RejectionName, options: MetricOptions = {}): Metric {
  return sum({ namespace: ACCESS_LOG_NAMESPACE, metricName: `${apiName}-${name}`, ...options });
}

/** Decisions of the authorizer of an API, or of its webhooks, which the functions write in the embedded metric format. */
export function decisionMetric(apiName: string, name: DecisionName, options: MetricOptions = {}): Metric {
  const dimensionsMap = { api: apiName };
  return sum({ namespace: METRICS_NAMESPACE, metricName: name, dimensionsMap, ...options });
}

function sum(props: MetricOptions & { readonly namespace: string; readonly metricName: string }): Metric {
  return new Metric({ statistic: Stats.SUM, period: FIVE_MINUTES, ...props });
}
