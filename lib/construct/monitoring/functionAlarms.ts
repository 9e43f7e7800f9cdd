import { Duration } from 'aws-cdk-lib';
import { Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { AlarmSpec } from './alarmSpec.ts';
import { chunks, expression, filled, METRICS_PER_ALARM, newest, numbered } from './expressions.ts';
import { FIVE_MINUTES } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

const HOUR = Duration.hours(1);
/** Errors in five minutes, and of a thousand invocations. */
const FEWEST_ERRORS = 3;
const ERRORS_OF_THOUSAND = 1;
/** Of functions that run by themselves, or seldom, each error counts. */
const FEWEST_JOB_ERRORS = 1;
const FEWEST_THROTTLES = 5;
/** Four fifths of the 1,000 of an account whose quota nobody raised. */
const USUAL_CONCURRENCY = 800;

/** Alarms on the functions, except for errors of the authorizer, which has its own. */
export function functionAlarms(resources: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  const { authorizer, functions, triggers, usage, canary, routeCanary } = resources;
  const handlers = Object.values(functions);
  const jobs = [usage, canary, routeCanary].filter((fn) => fn !== undefined);
  return [
    ...errorsOf(handlers, thresholds, {
      id: 'FunctionErrors',
      look: 'logs --status 5xx',
      severity: 'ticket',
      description:
        'Functions crash or time out: an error that no handler caught, memory, or something they wait for. See the error in the log of the function.',
    }),
    ...errorsOf(triggers, thresholds, {
      id: 'SignInErrors',
      severity: 'page',
      description: 'The function that adds roles to tokens fails, so users cannot sign in. See the error in its log.',
    }),
    ...jobErrors(jobs),
    ...throttles([authorizer, ...handlers, ...triggers, ...jobs], resources, thresholds),
    concurrency(thresholds),
    ...rotationFailures(resources),
  ];
}

/** Where the definition has objectives, those of each group of routes count the same errors, and page. */
function errorsOf(
  watched: readonly LambdaFunction[],
  { functionErrors }: AlarmThresholds,
  about: Pick<AlarmSpec, 'id' | 'severity' | 'description' | 'look'>,
): readonly AlarmSpec[] {
  return chunks(watched, METRICS_PER_ALARM / 2).map((chunk, index) => {
    const errors = named('errors', chunk, (fn) => fn.metricErrors({ period: FIVE_MINUTES, statistic: Stats.SUM }));
    const runs = named('runs', chunk, (fn) => fn.metricInvocations({ period: FIVE_MINUTES, statistic: Stats.SUM }));
    const [failed, all, fewest] = [sumOf(errors), sumOf(runs), functionErrors ?? FEWEST_ERRORS];
    // Without a second result a period has no value: only an invocation that did not fail ends the alarm.
    const ended = `IF(${all} > ${failed}, 0)`;
    const text = `IF(${failed} >= ${fewest} AND 1000 * ${failed} >= ${ERRORS_OF_THOUSAND} * ${all}, ${failed}, ${ended})`;
    return {
      ...about,
      id: numbered(about.id, index),
      family: about.id,
      followsDeployments: true,
      measure: 'invocations in five minutes that crashed or timed out',
      metric: expression(newest(text, { clock: 'runs0', period: FIVE_MINUTES }), {
        metrics: { ...errors, ...runs },
        period: FIVE_MINUTES,
        label: 'Errors',
      }),
      threshold: fewest,
      missing: TreatMissingData.IGNORE,
    };
  });
}

/** They run seldom, so they are looked at by the hour, and the alarm stays until one has run without an error. */
function jobErrors(watched: readonly LambdaFunction[]): readonly AlarmSpec[] {
  return chunks(watched, METRICS_PER_ALARM).map((chunk, index) => {
    const errors = named('errors', chunk, (fn) => fn.metricErrors({ period: HOUR, statistic: Stats.SUM }));
    return {
      id: numbered('JobErrors', index),
      followsDeployments: true,
      family: 'JobErrors',
      severity: 'ticket',
      description: 'A function that runs regularly fails: what it watches is not watched. See the error in its log.',
      measure: 'runs in an hour that failed',
      metric: expression(newest(sumOf(errors), { clock: 'errors0', period: HOUR }), {
        metrics: errors,
        period: HOUR,
        label: 'Errors',
      }),
      threshold: FEWEST_JOB_ERRORS,
      missing: TreatMissingData.IGNORE,
    };
  });
}

function throttles(
  watched: readonly LambdaFunction[],
  { stage }: MonitoredResources,
  { functionThrottles }: AlarmThresholds,
): readonly AlarmSpec[] {
  const requests = stage.metricCount({ period: FIVE_MINUTES, statistic: Stats.SUM });
  return chunks(watched, METRICS_PER_ALARM - 1).map((chunk, index) => {
    const metrics = named('throttles', chunk, (fn) =>
      fn.metricThrottles({ period: FIVE_MINUTES, statistic: Stats.SUM }),
    );
    return {
      id: numbered('FunctionThrottles', index),
      followsDeployments: true,
      family: 'FunctionThrottles',
      look: 'logs --status 5xx',
      severity: 'ticket',
      description:
        'Lambda throttles functions, because their concurrency is used up, so requests fail. Raise the quota of the account, or the reserved concurrency of the route.',
      measure: 'throttled invocations in five minutes',
      metric: expression(
        `IF(1000 * ${sumOf(metrics)} >= ${ERRORS_OF_THOUSAND} * ${filled('requests')}, ${sumOf(metrics)}, 0)`,
        { metrics: { ...metrics, requests }, period: FIVE_MINUTES, label: 'Throttles' },
      ),
      threshold: functionThrottles ?? FEWEST_THROTTLES,
    };
  });
}

/** Of all functions of the region: they share the quota. */
function concurrency({ concurrency: threshold }: AlarmThresholds): AlarmSpec {
  return {
    id: 'Concurrency',
    look: 'metrics requests throttled',
    severity: 'ticket',
    description:
      'The functions of this account and region are near its concurrency; then Lambda throttles them. See which function grows, and raise the quota.',
    measure: 'functions running at once',
    metric: new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'ConcurrentExecutions',
      statistic: Stats.MAXIMUM,
      period: FIVE_MINUTES,
    }),
    threshold: threshold ?? USUAL_CONCURRENCY,
    periods: 2,
    of: 3,
  };
}

function rotationFailures({ rotation }: MonitoredResources): readonly AlarmSpec[] {
  if (rotation === undefined) return [];
  return [
    {
      id: 'RotationFailed',
      severity: 'ticket',
      description:
        'The rotation of the secret of the API keys fails. Clients still work with the keys they have. See the error in its log; secure-api clients rotate-secret continues it.',
      measure: 'runs in an hour that failed',
      metric: expression(newest('errors', { clock: 'errors', period: HOUR }), {
        metrics: { errors: rotation.metricErrors({ period: HOUR, statistic: Stats.SUM }) },
        period: HOUR,
        label: 'Errors',
      }),
      threshold: FEWEST_JOB_ERRORS,
      missing: TreatMissingData.IGNORE,
    },
  ];
}

function named(prefix: string, functions: readonly LambdaFunction[], metric: (fn: LambdaFunction) => Metric) {
  return Object.fromEntries(functions.map((fn, i) => [`${prefix}${i}`, metric(fn)]));
}

/** The sum of a list leaves out functions that did not run, and is missing where none did. */
function sumOf(metrics: Readonly<Record<string, unknown>>): string {
  return `SUM([${Object.keys(metrics).join(', ')}])`;
}
