import { Duration } from 'aws-cdk-lib';
import { type IMetric, type MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarmSpec.ts';
import { chunks, expression, filled, numbered, topContributor } from './expressions.ts';
import { FIVE_MINUTES, rejectionMetric, tierMetric } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';
import { ruleName } from './topContributors.ts';

const HOUR = Duration.hours(1);
/** Beside a window of five minutes, a day: what happens slowly is seen in three of its hours. */
const SLOW = { periods: 3, of: 24 } as const;
/** From this share of all responses on, what one address does not explain counts, too: percent. */
const LARGE_SHARE = 50;
/** Percent of a tier's requests that are throttled. */
const THROTTLED_PERCENT = 10;
/** Tiers whose requests and throttled requests are in one expression. */
const TIERS_PER_ALARM = 5;

/**
 * Alarms on rejected requests. Where one source is the story, the value is the count of the source that has most: it means the same at
 * one request a minute and at a thousand a second. Sources of many requests make some mistakes, so a count that honest clients cause
 * also has to be a share of all requests.
 */
export function rejectionAlarms(resources: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  return [
    ...failedLogins(resources, thresholds),
    ...probing(resources, thresholds),
    ...scanning(resources, thresholds),
    ...throttling(resources, thresholds),
  ];
}

function failedLogins(resources: MonitoredResources, { unauthorized }: AlarmThresholds): readonly AlarmSpec[] {
  const rules = [
    'RejectedTokens',
    'RejectedSubjects',
    'RejectedClients',
    ...(resources.isBehindCloudFront ? [] : ['MissingTokens']),
  ];
  const contributors = { contributors: rules };
  // A client can be an app that everybody uses.
  const tops = rules.map((rule, i) => (rule === 'RejectedClients' ? ofEachThousand(`top${i}`, 10) : filled(`top${i}`)));
  const text = `MAX([${[...tops, ofLargeShare('rejected')].join(', ')}])`;
  const metric = (period: Duration) =>
    expression(text, {
      metrics: countsOf(resources, { rules, rejected: 'Unauthorized' }, period),
      period,
      label: '401',
    });
  return [
    {
      id: 'FailedLogins',
      look: 'logs --status 401',
      severity: 'page',
      ...contributors,
      description:
        'One address sends many requests without a valid token (401), tokens of one subject or client are rejected often, or half of all requests have none: guessed, stolen or forged tokens, or no client can log in. See reasons, addresses and subjects in the saved query "Rejected tokens".',
      measure: 'responses with 401 in five minutes',
      metric: metric(FIVE_MINUTES),
      threshold: unauthorized ?? 20,
    },
    {
      id: 'FailedLoginsSlow',
      look: 'logs --status 401',
      family: 'FailedLogins',
      severity: 'ticket',
      ...contributors,
      description:
        'One address has sent requests without a valid token (401) for hours, slowly, or with tokens of one subject or client: somebody guesses without being noticed, or a client is broken. See reasons, addresses and subjects in the saved query "Rejected tokens".',
      measure: 'responses with 401 in an hour',
      metric: metric(HOUR),
      threshold: (unauthorized ?? 20) * 3,
      ...SLOW,
    },
    {
      id: 'ForgedTokens',
      look: 'logs --status 401',
      severity: 'ticket',
      contributors: ['ForgedTokens'],
      description:
        'One address sends tokens that no client of yours has: a wrong signature, algorithm or key. Look at the reasons; if all clients are concerned, the issuer has new keys that are not published.',
      measure: 'forged tokens in an hour',
      metric: expression(filled('top0'), {
        metrics: { top0: topContributor(ruleName(resources.restApi.restApiName, 'ForgedTokens'), HOUR) },
        period: HOUR,
        label: 'Forged tokens',
      }),
      threshold: 5,
    },
  ];
}

function probing(resources: MonitoredResources, { forbidden }: AlarmThresholds): readonly AlarmSpec[] {
  const text = `MAX([${ofEachThousand('top0', 1)}, ${ofLargeShare('rejected')}])`;
  const counts = { rules: ['DeniedCallers'], rejected: 'Forbidden' } as const;
  const metric = (period: Duration) =>
    expression(text, { metrics: countsOf(resources, counts, period), period, label: '403' });
  return [
    {
      id: 'Probing',
      look: 'logs --status 403',
      severity: 'page',
      contributors: ['DeniedCallers', 'DeniedRoutes'],
      description:
        'One caller with a valid token asks for what it is not allowed (403): somebody tries what a stolen token can do, or an app lost a permission. See caller, routes and reasons in the saved query "Denied requests"; suspend the client, or revoke the token.',
      measure: 'responses with 403 in five minutes',
      metric: metric(FIVE_MINUTES),
      threshold: forbidden ?? 20,
    },
    {
      id: 'ProbingSlow',
      look: 'logs --status 403',
      family: 'Probing',
      severity: 'ticket',
      contributors: ['DeniedCallers', 'DeniedRoutes'],
      description:
        'One caller has asked for what it is not allowed (403) for hours, slowly. See caller, routes and reasons in the saved query "Denied requests".',
      measure: 'responses with 403 in an hour',
      metric: metric(HOUR),
      threshold: (forbidden ?? 20) * 3,
      ...SLOW,
    },
  ];
}

function scanning(resources: MonitoredResources, { notFound, malformed }: AlarmThresholds): readonly AlarmSpec[] {
  const callers = ['NotFoundAddresses', 'NotFoundCallers'];
  const perTop = ['top0', 'top1'].map((top) => ofEachThousand(top, 10));
  return [
    {
      id: 'Scanning',
      look: 'logs --status 404',
      severity: 'ticket',
      contributors: callers,
      description:
        'One address or caller asks for much that does not exist (404): it looks for routes, or counts through ids. See its routes in the saved query "Rejected requests"; block the address, or suspend the client.',
      measure: 'responses with 404 in five minutes',
      metric: expression(`MAX([${perTop.join(', ')}])`, {
        metrics: countsOf(resources, { rules: callers }, FIVE_MINUTES),
        period: FIVE_MINUTES,
        label: '404',
      }),
      threshold: notFound ?? 50,
    },
    {
      id: 'Fuzzing',
      look: 'logs --status 4xx',
      severity: 'ticket',
      contributors: ['MalformedAddresses'],
      description:
        'One address sends many requests that are not well formed (400, 413, 415 and the like): it looks for a fault, or a client is broken. See its routes in the saved query "Rejected requests".',
      measure: 'malformed requests in five minutes',
      metric: expression(ofEachThousand('top0', 10), {
        metrics: countsOf(resources, { rules: ['MalformedAddresses'] }, FIVE_MINUTES),
        period: FIVE_MINUTES,
        label: '4xx',
      }),
      threshold: malformed ?? 50,
    },
  ];
}

/** The tier with the largest share of throttled requests. */
function throttling({ api, restApi }: MonitoredResources, { throttled = 50 }: AlarmThresholds): readonly AlarmSpec[] {
  // Callers of public routes have none.
  const tiers = [...Object.keys(api.tiers), ...(api.anonymous === undefined ? [] : ['-'])];
  return chunks(tiers, TIERS_PER_ALARM).map((chunk, index) => {
    const metrics = chunk.flatMap((tier, i): (readonly [string, IMetric])[] => [
      [`throttled${i}`, tierMetric(restApi.restApiName, 'Throttled', tier)],
      [`requests${i}`, tierMetric(restApi.restApiName, 'Requests', tier)],
    ]);
    const shares = chunk.map(
      (_, i) => `IF(${filled(`throttled${i}`)} >= ${throttled}, 100 * throttled${i} / requests${i}, 0)`,
    );
    return {
      id: numbered('Throttling', index),
      family: 'Throttling',
      look: 'logs --status 429',
      severity: 'info',
      contributors: ['TopThrottled'],
      description: `The limits of a tier reject many of its requests (429): a faulty client, or a tier that is too small. See clients and routes in the saved query "Throttled requests".`,
      measure: `% of the requests of a tier are throttled (${chunk.join(', ')})`,
      metric: expression(`MAX([${shares.join(', ')}])`, {
        metrics: Object.fromEntries(metrics),
        period: FIVE_MINUTES,
        label: '429, percent',
      }),
      threshold: THROTTLED_PERCENT,
      periods: 2,
      of: 3,
    };
  });
}

interface Counts {
  readonly rules: readonly string[];
  readonly rejected?: 'Unauthorized' | 'Forbidden';
}

/** `top0`, `top1`: the top contributors of rules; `rejected`: all rejections of a kind; `requests`: all requests. */
function countsOf(
  { restApi: { restApiName }, stage }: MonitoredResources,
  { rules, rejected }: Counts,
  period: Duration,
): Readonly<Record<string, IMetric | MathExpression>> {
  const tops = rules.map((id, i) => [`top${i}`, topContributor(ruleName(restApiName, id), period)] as const);
  return {
    ...Object.fromEntries(tops),
    ...(rejected === undefined ? {} : { rejected: rejectionMetric(restApiName, rejected, { period }) }),
    requests: stage.metricCount({ period, statistic: Stats.SUM }),
  };
}

/** A count that is a large share of all requests. */
function ofLargeShare(id: string): string {
  return `IF(100 * ${filled(id)} >= ${LARGE_SHARE} * ${filled('requests')}, ${filled(id)}, 0)`;
}

/** A count of at least so many of a thousand requests. */
function ofEachThousand(id: string, share: number): string {
  return `IF(1000 * ${filled(id)} >= ${share} * ${filled('requests')}, ${filled(id)}, 0)`;
}
