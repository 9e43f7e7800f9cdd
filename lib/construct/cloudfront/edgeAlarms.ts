import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { CfnDistribution, CfnFunction } from 'aws-cdk-lib/aws-cloudfront';
import { ComparisonOperator, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Api } from '../../definition/api.ts';
import type { AlarmSpec } from '../monitoring/alarmSpec.ts';
import { expiryAlarm } from '../monitoring/certificateAlarm.ts';
import { FIVE_MINUTES } from '../monitoring/metrics.ts';
import type { AlarmThresholds } from '../monitoring/thresholds.ts';

/** What the alarms of us-east-1 watch. */
export interface WatchedEdge {
  readonly api: Api;
  readonly distributions: readonly CfnDistribution[];
  readonly viewerRequest: CfnFunction;
  /** Name of the web ACL's metrics. */
  readonly webAclName: string;
  readonly rotation: LambdaFunction;
  /** Copies which client certificates are revoked. @default - none are checked */
  readonly revocationCopy?: LambdaFunction;
  /** Of the distributions, unless another alarm of this stack watches it. */
  readonly certificate?: ICertificate;
}

/** CloudFront's metrics have this dimension, whatever the region of a viewer. */
const GLOBAL = { Region: 'Global' };
const SUM = { period: FIVE_MINUTES, statistic: Stats.SUM };

/**
 * Alarms on what only CloudFront knows, with metrics that are free of charge.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
export function edgeAlarms(edge: WatchedEdge, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  const { api, distributions, viewerRequest, rotation, revocationCopy, certificate } = edge;
  const errors = distributions.map((one, i) => ({
    id: i === 0 ? 'EdgeErrors' : `EdgeErrors${i + 1}`,
    description: `${api.name}: CloudFront sends too many 5xx. If those of the API do not fire, CloudFront does not reach it.`,
    metric: new Metric({
      namespace: 'AWS/CloudFront',
      metricName: '5xxErrorRate',
      dimensionsMap: { DistributionId: one.ref, ...GLOBAL },
      period: FIVE_MINUTES,
      statistic: Stats.AVERAGE,
    }),
    threshold: thresholds.serverErrorPercent ?? 1,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
  }));
  return [
    ...errors,
    {
      id: 'EdgeFunctionErrors',
      description: `${api.name}: the function of viewer requests fails. Requests are rejected with 503.`,
      metric: new Metric({
        namespace: 'AWS/CloudFront',
        metricName: 'FunctionExecutionErrors',
        dimensionsMap: { FunctionName: viewerRequest.name, ...GLOBAL },
        ...SUM,
      }),
      threshold: thresholds.functionErrors ?? 1,
    },
    {
      id: 'EdgeBlocks',
      description: `${api.name}: the web ACL of the distribution blocks addresses: a flood, or a list.`,
      metric: new Metric({
        namespace: 'AWS/WAFV2',
        metricName: 'BlockedRequests',
        dimensionsMap: { WebACL: edge.webAclName, Rule: 'ALL' },
        ...SUM,
      }),
      threshold: thresholds.wafBlocked ?? 50,
    },
    {
      id: 'OriginSecretErrors',
      description: `${api.name}: the secret between the distribution and the API cannot be rotated. Requests still work; its log has the reason.`,
      metric: rotation.metricErrors(SUM),
      threshold: 1,
    },
    ...(revocationCopy === undefined
      ? []
      : [
          {
            id: 'RevocationCopyErrors',
            description: `${api.name}: new revocations do not reach CloudFront, so revoked certificates get connections. Its log has the reason.`,
            metric: revocationCopy.metricErrors(SUM),
            threshold: 1,
          },
        ]),
    ...(certificate === undefined
      ? []
      : [expiryAlarm(api.name, { id: 'EdgeCertificateExpiry', certificate, of: 'CloudFront' }, thresholds)]),
  ];
}
