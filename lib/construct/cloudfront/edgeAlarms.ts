import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { CfnDistribution, CfnFunction } from 'aws-cdk-lib/aws-cloudfront';
import { type MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { AlarmSpec } from '../monitoring/alarmSpec.ts';
import { blockedIds } from '../monitoring/blockedRules.ts';
import { expiryAlarm } from '../monitoring/certificateAlarm.ts';
import { expression, filled, METRICS_PER_ALARM, newest } from '../monitoring/expressions.ts';
import { FIVE_MINUTES } from '../monitoring/metrics.ts';
import type { AlarmThresholds } from '../monitoring/thresholds.ts';

/** What the alarms of us-east-1 watch. */
export interface WatchedEdge {
  readonly distributions: readonly CfnDistribution[];
  readonly viewerRequest: CfnFunction;
  /** Name of the web ACL's metrics. */
  readonly webAclName: string;
  /** Whether its log says which rules and addresses. */
  readonly logsBlocked: boolean;
  readonly rotation: LambdaFunction;
  /** Copies which client certificates are revoked. @default - none are checked */
  readonly revocationCopy?: LambdaFunction;
  /** Of the distributions, unless another alarm of this stack watches it. */
  readonly certificate?: ICertificate;
}

/** CloudFront's metrics have this dimension, whatever the region of a viewer. */
const GLOBAL = { Region: 'Global' };
/** Responses 5xx in five minutes. */
const FEWEST_ERRORS = 3;
const SUM = { period: FIVE_MINUTES, statistic: Stats.SUM };
/** Of the last three periods, two have to breach. */
const NEWEST = { clock: 'requests', period: FIVE_MINUTES, of: 3 } as const;

/**
 * Alarms on what only CloudFront knows, with metrics that are free of charge.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
export function edgeAlarms(edge: WatchedEdge, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  const { distributions, viewerRequest, rotation, revocationCopy, certificate } = edge;
  const percent = thresholds.serverErrorPercent ?? 1;
  const ids = blockedIds(true);
  const errors = distributions.map((one, i) => ({
    id: i === 0 ? 'EdgeErrors' : `EdgeErrors${i + 1}`,
    family: 'EdgeErrors',
    severity: 'page' as const,
    description:
      'CloudFront sends too many 5xx. If server-errors does not fire, CloudFront does not reach the API: see its domain, certificate and web ACL.',
    measure: '% of the responses are 5xx',
    // As for the API: a share that counts has some bad requests, and without requests nobody knows.
    metric: expression(newest(`IF(rate * requests >= ${100 * FEWEST_ERRORS} OR rate < ${percent}, rate)`, NEWEST), {
      metrics: {
        rate: ofDistribution(one, '5xxErrorRate', Stats.AVERAGE),
        requests: ofDistribution(one, 'Requests', Stats.SUM),
      },
      period: FIVE_MINUTES,
      label: '5xx, percent',
    }),
    threshold: percent,
    periods: 2,
    of: 3,
    missing: TreatMissingData.IGNORE,
  }));
  return [
    ...errors,
    {
      id: 'EdgeFunctionErrors',
      severity: 'page',
      description:
        'The function of viewer requests fails, so requests are rejected with 503. See its log in us-east-1, and roll back the last deployment.',
      measure: 'requests in five minutes',
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
      severity: 'ticket',
      ...(edge.logsBlocked ? { contributors: [ids.rules, ids.limited, ids.addresses] } : {}),
      description: `The web ACL of the distribution blocks a share of all requests: a flood, or a list. See which rule it is, and from where${edge.logsBlocked ? ', in the saved query "Blocked requests at CloudFront" of us-east-1' : ''}.`,
      measure: 'requests blocked in five minutes',
      metric: blockedShare(edge),
      threshold: thresholds.wafBlocked ?? 50,
    },
    {
      id: 'OriginSecretErrors',
      severity: 'ticket',
      description:
        'The secret between the distribution and the API cannot be rotated. Requests still work; its log has the reason.',
      measure: 'runs in five minutes that failed',
      metric: rotation.metricErrors(SUM),
      threshold: 1,
    },
    ...(revocationCopy === undefined
      ? []
      : [
          {
            id: 'RevocationCopyErrors',
            severity: 'ticket' as const,
            description:
              'New revocations do not reach CloudFront, so revoked certificates get connections. Its log has the reason.',
            measure: 'runs in five minutes that failed',
            metric: revocationCopy.metricErrors(SUM),
            threshold: 1,
          },
        ]),
    ...(certificate === undefined
      ? []
      : [expiryAlarm({ id: 'EdgeCertificateExpiry', certificate, of: 'CloudFront' }, thresholds)]),
  ];
}

/** What the web ACL blocks, lists included, if it is a hundredth of all requests. */
function blockedShare({ distributions, webAclName: WebACL }: WatchedEdge): MathExpression {
  const dimensionsMap = { WebACL, Rule: 'ALL' };
  const blocked = new Metric({ namespace: 'AWS/WAFV2', metricName: 'BlockedRequests', dimensionsMap, ...SUM });
  const requests = distributions
    .slice(0, METRICS_PER_ALARM - 1)
    .map((one, i) => [`requests${i}`, ofDistribution(one, 'Requests', Stats.SUM)] as const);
  const all = requests.map(([id]) => filled(id)).join(' + ');
  return expression(`IF(100 * ${filled('blocked')} >= ${all}, ${filled('blocked')}, 0)`, {
    metrics: { blocked, ...Object.fromEntries(requests) },
    period: FIVE_MINUTES,
    label: 'Blocked',
  });
}

function ofDistribution({ ref: DistributionId }: CfnDistribution, metricName: string, statistic: string): Metric {
  const dimensionsMap = { DistributionId, ...GLOBAL };
  return new Metric({ namespace: 'AWS/CloudFront', metricName, dimensionsMap, period: FIVE_MINUTES, statistic });
}
