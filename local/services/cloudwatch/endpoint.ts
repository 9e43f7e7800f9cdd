/**
 * The part of CloudWatch's API that tools of a developer, drills and notifications use, over the local metrics and alarms.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
 */
import type { StackModel } from '../../assembly/model.ts';
import { type Json, number, pairs, string } from '../../assembly/values.ts';
import type { AlarmState, Clock } from '../../contracts.ts';
import { type AwsJsonKind, OperationError } from '../awsJson.ts';
import type { AlarmHistory } from './alarmHistory.ts';
import type { Alarms } from './alarms.ts';
import { getDashboard, listDashboards } from './dashboards.ts';
import { describeAlarms } from './describeAlarms.ts';
import type { InsightRules } from './insights/insightRules.ts';
import { instant } from './instant.ts';
import { readMetricData } from './metricData.ts';
import type { MetricSources } from './metricQueries.ts';
import type { MetricStore } from './metricStore.ts';
import type { MuteRules } from './muteRules.ts';
import { putMetricData } from './putMetricData.ts';
import { setAlarmState } from './setAlarmState.ts';

/** What the operations read and write. */
export interface EndpointParts {
  readonly clock: Clock;
  readonly metrics: MetricStore;
  readonly insights: InsightRules;
  readonly history: AlarmHistory;
  readonly mutes: MuteRules;
  readonly setState: Alarms['setState'];
  alarms(): readonly AlarmState[];
  model(): StackModel;
}

/** Operations by name, in AWS JSON 1.0; instants are epoch seconds of simulated time. */
export function cloudWatchKind(parts: EndpointParts): AwsJsonKind {
  const { metrics, insights } = parts;
  const sources: MetricSources = { store: metrics, insights: insights.metrics };
  return {
    service: 'monitoring',
    target: 'GraniteServiceVersion20100801',
    version: '1.0',
    hasQueryErrors: true,
    operations: {
      GetDashboard: (input) => getDashboard(parts.model(), input),
      ListDashboards: (input) => listDashboards(parts.model(), input),
      DescribeAlarms: (input) => describeAlarms(parts.model(), parts.alarms(), input),
      DescribeAlarmHistory: (input) => parts.history.describe(input),
      GetInsightRuleReport: (input) => insightRuleReport(parts, input),
      GetMetricData: (input) => ({ MetricDataResults: readMetricData(input, sources), Messages: [] }),
      ListMetrics: (input) => ({ Metrics: metrics.list().filter(matches(input)).map(metricOf) }),
      PutMetricData: (input) => putMetricData(metrics, parts.clock, input),
      SetAlarmState: (input) => setAlarmState(parts, input),
      ...parts.mutes.operations,
    },
  };
}

function insightRuleReport({ insights, model }: EndpointParts, input: Json): Json {
  const name = string(input['RuleName']) ?? '';
  const rule = model().insightRules.find((candidate) => candidate.name === name);
  if (rule === undefined) throw new OperationError('ResourceNotFoundException', `There is no rule ${name}.`);
  const [start, end] = [instant(input, 'StartTime'), instant(input, 'EndTime')];
  const top = insights.topContributors(name, start, end, number(input['MaxContributorCount']) ?? 10);
  const metric = (of: string) => insights.metrics(name, of)(start, end) ?? 0;
  return {
    KeyLabels: rule.keys,
    AggregationStatistic: rule.sumOf === undefined ? 'SampleCount' : 'Sum',
    AggregateValue: metric('Sum'),
    ApproximateUniqueCount: metric('UniqueContributors'),
    Contributors: top.map(({ keys, sum }) => ({ Keys: keys, ApproximateAggregateValue: sum, Datapoints: [] })),
    MetricDatapoints: [],
  };
}

type Listed = ReturnType<MetricStore['list']>[number];

function matches(input: Json): (metric: Listed) => boolean {
  const [namespace, name] = [string(input['Namespace']), string(input['MetricName'])];
  const wanted = Object.entries(pairs(input['Dimensions'], 'Name', 'Value'));
  return (metric) =>
    (namespace === undefined || metric.namespace === namespace) &&
    (name === undefined || metric.name === name) &&
    wanted.every(([key, value]) => metric.dimensions[key] === value);
}

function metricOf({ namespace, name, dimensions }: Listed): Json {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions };
}
