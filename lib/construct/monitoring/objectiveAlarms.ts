import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Severity } from '../../../lambdas/shared/severity.ts';
import { DEFAULT_SLO, type Slo } from '../../definition/slo.ts';
import type { CompositeSpec, Condition } from './alarmSpec.ts';
import { expression, filled, newest, numbered } from './expressions.ts';
import { groupErrors } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/**
 * Alarms on error budgets: an objective of 99.9 percent allows one bad request of a thousand. A burn rate of 14.4 uses two percent of
 * a month's budget in an hour, and one of 6 five percent in six hours. Each has a long window, which says that it matters, and a short
 * one, which says that it still happens.
 *
 * @see https://sre.google/workbook/alerting-on-slos/
 */
interface BurnRate {
  readonly suffix: '' | 'Slow';
  readonly severity: Severity;
  readonly rate: number;
  readonly long: Window;
  readonly short: Window;
}

/** `bad` is the minimum number of bad requests: at one request a minute a single one would be more than its share. */
interface Window {
  readonly id: string;
  readonly period: Duration;
  readonly bad: number;
  /** Periods of which one has to breach: with few requests, a period without a bad one does not mean that it is over. */
  readonly of: number;
}

const BURN_RATES: readonly BurnRate[] = [
  {
    suffix: '',
    severity: 'page',
    rate: 14.4,
    long: { id: 'Hour', period: Duration.hours(1), bad: 5, of: 1 },
    short: { id: 'Minutes', period: Duration.minutes(5), bad: 1, of: 3 },
  },
  {
    suffix: 'Slow',
    severity: 'ticket',
    rate: 6,
    long: { id: 'Hours', period: Duration.hours(6), bad: 10, of: 1 },
    short: { id: 'HalfHour', period: Duration.minutes(30), bad: 1, of: 4 },
  },
];

/** Groups that have alarms of their own: each is twelve of the 500 resources of a stack, and a rule of an alarm has 10,240 characters. */
export const GROUPS_WITH_OBJECTIVES = 15;

/** The share of requests that may be slower than `p99`, in percent. */
export const SLOW_BUDGET = 1;

/** A share of bad requests: its metrics by period, and the expressions over them. */
interface Measured {
  readonly metrics: (period: Duration) => Readonly<Record<string, IMetric>>;
  readonly bad: string;
  readonly all: string;
  /** A metric of these. */
  readonly clock: string;
}

/** What a person runs after a notification. */
const LOOK_AT_ERRORS = 'logs --status 5xx';
const LOOK_AT_TIMES = 'metrics p50 p90 p99';

/** What an objective is kept for: the API, or a group of its routes. */
interface Objective {
  readonly id: string;
  readonly family: string;
  readonly description: string;
  readonly look: string;
  readonly measure: string;
  readonly measured: Measured;
  /** Percent of requests. */
  readonly budget: number;
  /** Percent from which the fast alarm fires, instead of its burn rate. */
  readonly percent?: number | undefined;
  readonly namesCause?: boolean;
  readonly group?: string;
}

/** The alarms on the objectives of the API; of each group of routes, too, where the definition has objectives. */
export function objectiveAlarms(resources: MonitoredResources, thresholds: AlarmThresholds): readonly CompositeSpec[] {
  const { api, functions, restApi } = resources;
  const slo = withThresholds(api.slo ?? DEFAULT_SLO, thresholds);
  const all = Object.entries(functions);
  const groups = api.slo === undefined || all.length > GROUPS_WITH_OBJECTIVES ? [] : all;
  const names = uniqueNames(groups.map(([group]) => group));
  const ofGroups = groups.flatMap(([group, fn], i) =>
    groupObjectives(group, { name: names[i] ?? '', fn, apiName: restApi.restApiName, slo }),
  );
  return [...ofGroups, ...apiObjectives(resources, slo, thresholds)].flatMap(burnAlarms);
}

function withThresholds(slo: Slo, { p99Ms }: AlarmThresholds): Slo {
  return p99Ms === undefined ? slo : { ...slo, p99: p99Ms };
}

function apiObjectives(
  { stage }: MonitoredResources,
  { availability, p99 }: Slo,
  { serverErrorPercent }: AlarmThresholds,
): readonly Objective[] {
  return [
    {
      id: 'ServerErrors',
      family: 'ServerErrors',
      look: LOOK_AT_ERRORS,
      description: `Responses are 5xx more often than the objective of ${availability} % allows. Find the route and the error in the saved query "Failed requests".`,
      measure: '% of the responses are 5xx',
      budget: budgetOf(availability),
      percent: serverErrorPercent,
      measured: {
        metrics: (period) => ({
          errors: stage.metricServerError({ period, statistic: Stats.SUM }),
          requests: stage.metricCount({ period, statistic: Stats.SUM }),
        }),
        bad: 'errors',
        all: 'requests',
        clock: 'requests',
      },
    },
    {
      id: 'Latency',
      family: 'Latency',
      look: LOOK_AT_TIMES,
      description: `Responses take longer than ${p99} ms more often than the objective allows. See on the dashboard which group is slow, then what it depends on.`,
      measure: `% of the responses take longer than ${p99} ms`,
      budget: SLOW_BUDGET,
      measured: slowShare(p99, (statistic, period) => stage.metricLatency({ statistic, period })),
    },
  ];
}

interface GroupParts {
  /** The end of the ids of its alarms. */
  readonly name: string;
  readonly fn: LambdaFunction;
  readonly apiName: string;
  readonly slo: Slo;
}

function groupObjectives(
  group: string,
  { name, fn, apiName, slo: { availability, p99 } }: GroupParts,
): readonly Objective[] {
  return [
    {
      id: `ServerErrorsOf${name}`,
      family: 'ServerErrors',
      look: LOOK_AT_ERRORS,
      group,
      description: `Requests to ${group} fail more often than the objective of ${availability} % allows. Its log has the errors, by request id.`,
      measure: `% of the requests to ${group} fail`,
      budget: budgetOf(availability),
      namesCause: true,
      measured: {
        metrics: (period) => ({
          caught: groupErrors(apiName, group, period),
          errors: fn.metricErrors({ period, statistic: Stats.SUM }),
          throttles: fn.metricThrottles({ period, statistic: Stats.SUM }),
          invocations: fn.metricInvocations({ period, statistic: Stats.SUM }),
        }),
        // What the function caught is no error of Lambda, and what Lambda throttled is no invocation.
        bad: `(${filled('caught')} + ${filled('errors')} + ${filled('throttles')})`,
        all: `(invocations + ${filled('throttles')})`,
        clock: 'invocations',
      },
    },
    {
      id: `LatencyOf${name}`,
      family: 'Latency',
      look: LOOK_AT_TIMES,
      group,
      description: `Requests to ${group} take longer than ${p99} ms more often than the objective allows. See in its log what takes the time.`,
      measure: `% of the requests to ${group} take longer than ${p99} ms`,
      budget: SLOW_BUDGET,
      namesCause: true,
      measured: slowShare(p99, (statistic, period) => fn.metricDuration({ statistic, period })),
    },
  ];
}

/** The percentile rank of a duration is the share of requests that are as fast. */
function slowShare(p99: number, metric: (statistic: string, period: Duration) => IMetric): Measured {
  return {
    metrics: (period) => ({
      fast: metric(Stats.percentileRank(p99), period),
      requests: metric(Stats.SAMPLE_COUNT, period),
    }),
    bad: '(requests * (100 - fast) / 100)',
    all: 'requests',
    clock: 'requests',
  };
}

function burnAlarms(objective: Objective): readonly CompositeSpec[] {
  const { id, family, group, description, look, measure, budget, percent } = objective;
  return BURN_RATES.map(({ suffix, severity, rate, long, short }) => {
    // An objective below 93.1 allows more than a fourteenth: then the fast alarm waits until everything fails.
    const burned = Math.min(100, Number((rate * budget).toPrecision(6)));
    const threshold = suffix === '' && percent !== undefined ? percent : burned;
    return {
      id: `${id}${suffix}`,
      family,
      group,
      severity,
      description,
      look,
      measure,
      followsDeployments: true,
      conditions: [long, short].map((window) =>
        condition(`${id}${suffix}${window.id}`, objective, { window, threshold }),
      ),
      ...(objective.namesCause === true ? { namesCause: family } : { silentDuringCauses: family }),
    };
  });
}

/**
 * Without requests there is no value, and the alarm keeps its state until it knows better. The same where few requests are bad, but many
 * for their number: an `IF` without a second result leaves the period without a value.
 */
function condition(
  id: string,
  { measured, measure }: Objective,
  { window, threshold }: { readonly window: Window; readonly threshold: number },
): Condition {
  const { metrics, bad, all, clock } = measured;
  const { period, of } = window;
  const text = `IF(${bad} >= ${window.bad} OR 100 * ${bad} < ${threshold} * ${all}, 100 * ${bad} / ${all})`;
  return {
    id,
    metric: expression(newest(text, { clock, period, of }), { metrics: metrics(period), period, label: measure }),
    threshold,
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    periods: 1,
    of,
    missing: TreatMissingData.IGNORE,
  };
}

function budgetOf(availability: number): number {
  return 100 - availability;
}

/** Ends of ids. Two groups, such as `a-b` and `aB`, do not share one. */
function uniqueNames(groups: readonly string[]): readonly string[] {
  const names = groups.map(pascalCase);
  return names.map((name, i) => numbered(name, names.slice(0, i).filter((one) => one === name).length));
}

/** The name of a group is a segment of a path, or the id of a route. */
function pascalCase(group: string): string {
  return group
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
