import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from '../../../lambdas/shared/wireContract.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import { expression, filled, newest } from './expressions.ts';
import { decisionMetric, FIVE_MINUTES, rejectionMetric } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** Lambda's default, for a function without a timeout (Lambda quotas). */
const DEFAULT_TIMEOUT_MS = 3_000;
/** A run that takes longer than this share of the timeout is close to being stopped. */
const SLOW_SHARE = 0.8;
/** Runs without which the slowest percent of them says nothing. */
const FEWEST_RUNS = 3;
/** Requests in five minutes. One can be a connection that broke; with one request a minute, three are three minutes. */
const FEWEST_ERRORS = 3;
/** Of a thousand requests: with less, the usual objective is kept. */
const ERRORS_OF_THOUSAND = 1;

/** A cause for which the authorizer decides nothing, by the reasons that it logs and counts. */
interface Cause {
  readonly id: string;
  readonly reasons: readonly string[];
  readonly description: string;
}

/**
 * Alarms on the authorizer: one for each cause of its errors, one for what it could not count because it crashed, and one for
 * slowness. The metric `Errors` of Lambda does not help: the authorizer throws to return 401, so each invalid token is an error there.
 */
export function authorizerAlarms(resources: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  return [
    ...causesOf(resources).map((cause) => causeAlarm(resources, cause, thresholds)),
    failures(resources, thresholds),
    slow(resources, thresholds),
  ];
}

function causesOf({ tables, hasRevocationLists }: MonitoredResources): readonly Cause[] {
  return [
    {
      id: 'IssuerUnreachable',
      reasons: ['keys-unreachable', 'keys-unusable', 'introspection-unreachable'],
      description:
        "The authorizer cannot get the issuer's keys or its answer about a token, so requests fail with 500. See whether the issuer works (secure-api preflight); its keys are kept for a while, so act soon.",
    },
    {
      id: 'SecretUnreachable',
      reasons: ['secret-unreachable'],
      description:
        'The authorizer cannot read the secret of the API keys, so requests fail with 500. See in its log why: a policy, the KMS key, or Secrets Manager itself.',
    },
    ...(tables.revocations === undefined
      ? []
      : [
          {
            id: 'DenyListUnreachable',
            reasons: ['revocations-unreachable'],
            description:
              'The authorizer cannot read the deny list of tokens, so requests fail with 500. See whether its table exists and is throttled; the issuer is not concerned.',
          },
        ]),
    ...(tables.clients === undefined
      ? []
      : [
          {
            id: 'ClientsUnreachable',
            reasons: ['clients-unreachable'],
            description:
              'The authorizer cannot read the table of clients, so requests fail with 500. See whether the table exists and is throttled.',
          },
        ]),
    ...(tables.proofs === undefined
      ? []
      : [
          {
            id: 'ProofsUnreachable',
            reasons: ['proofs-unreachable'],
            description:
              'The authorizer cannot record proofs of possession, so requests with bound tokens fail with 500. See whether the table exists and is throttled.',
          },
        ]),
    ...(hasRevocationLists
      ? [
          {
            id: 'CertificateListsUnreachable',
            reasons: ['revocation-unknown'],
            description:
              'The authorizer has no valid list of revoked client certificates, so requests fail with 500. Upload the current list of the CA (docs/mtls.md), or see why it cannot be read.',
          },
        ]
      : []),
    {
      id: 'AuthorizerErrors',
      reasons: ['configuration-invalid', 'internal'],
      description:
        'The authorizer fails for an internal reason, so requests fail with 500: an invalid setting, or a fault. See the error in its log; roll back the last deployment.',
    },
  ];
}

function causeAlarm(
  { restApi: { restApiName }, stage }: MonitoredResources,
  { id, reasons, description }: Cause,
  { authorizerErrors = FEWEST_ERRORS }: AlarmThresholds,
): AlarmSpec {
  const metrics = Object.fromEntries(reasons.map((reason, i) => [`reason${i}`, errorsBecause(restApiName, reason)]));
  const count = Object.keys(metrics).map(filled).join(' + ');
  return {
    id,
    look: 'logs --status 5xx',
    severity: 'page',
    followsDeployments: true,
    namesCause: 'ServerErrors',
    description,
    measure: 'requests in five minutes that the authorizer could not decide',
    metric: expression(untilAllowed(count, authorizerErrors), {
      metrics: { ...metrics, allowed: decisionMetric(restApiName, 'AuthorizerAllow'), requests: requestsOf(stage) },
      period: FIVE_MINUTES,
      label: reasons.join(', '),
    }),
    threshold: authorizerErrors,
    missing: TreatMissingData.IGNORE,
  };
}

/** The gateway also counts crashes, timeouts and runs that never started; the authorizer counts what it caught. */
function failures(
  { restApi: { restApiName }, stage }: MonitoredResources,
  { authorizerFailures = FEWEST_ERRORS }: AlarmThresholds,
): AlarmSpec {
  return {
    id: 'AuthorizerFailures',
    look: 'logs --status 5xx',
    severity: 'page',
    followsDeployments: true,
    namesCause: 'ServerErrors',
    description:
      'The authorizer ends without a result, and without a reason in its log: it crashes, times out or is throttled. See its log and its concurrency; roll back the last deployment.',
    measure: 'requests in five minutes for which the authorizer returned nothing',
    metric: expression(untilAllowed(`${filled('failed')} - ${filled('caught')}`, authorizerFailures), {
      metrics: {
        failed: rejectionMetric(restApiName, 'AuthorizerFailed'),
        caught: decisionMetric(restApiName, 'AuthorizerError'),
        allowed: decisionMetric(restApiName, 'AuthorizerAllow'),
        requests: requestsOf(stage),
      },
      period: FIVE_MINUTES,
      label: 'Failures without a reason',
    }),
    threshold: authorizerFailures,
    missing: TreatMissingData.IGNORE,
  };
}

function slow({ authorizer }: MonitoredResources, { authorizerMs }: AlarmThresholds): AlarmSpec {
  const timeoutMs = authorizer.timeout?.toMilliseconds() ?? DEFAULT_TIMEOUT_MS;
  return {
    id: 'AuthorizerSlow',
    look: 'metrics p50 p90 p99',
    followsDeployments: true,
    severity: 'ticket',
    description:
      'The authorizer almost runs out of time: the issuer, a secret or a table is slow. See in its log what takes the time; then requests fail.',
    measure: 'ms',
    metric: expression(`IF(${filled('runs')} >= ${FEWEST_RUNS}, duration, 0)`, {
      metrics: {
        runs: authorizer.metricDuration({ period: FIVE_MINUTES, statistic: Stats.SAMPLE_COUNT }),
        duration: authorizer.metricDuration({ period: FIVE_MINUTES, statistic: Stats.percentile(99) }),
      },
      period: FIVE_MINUTES,
      label: 'Duration, p99',
    }),
    threshold: authorizerMs ?? Math.floor(timeoutMs * SLOW_SHARE),
    periods: 2,
    of: 3,
  };
}

function requestsOf(stage: Stage): Metric {
  return stage.metricCount({ period: FIVE_MINUTES, statistic: Stats.SUM });
}

/** A count that ends only where a request was allowed. Silence is no evidence that the cause is gone. */
function untilAllowed(count: string, threshold: number): string {
  const share = `1000 * (${count}) >= ${ERRORS_OF_THOUSAND} * ${filled('requests')}`;
  return newest(`IF(${count} >= ${threshold} AND ${share}, ${count}, 0 * allowed)`, {
    clock: 'requests',
    period: FIVE_MINUTES,
  });
}

function errorsBecause(api: string, reason: string): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: 'AuthorizerError',
    dimensionsMap: { api, reason },
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  });
}
