import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { redactString } from '../../../lambdas/shared/redact.ts';
import type { Sdk } from '../../aws/sdk.ts';
import { largestOf } from './largest.ts';
import type { Series } from './series.ts';
import type { Query, Widget } from './widgets.ts';

/** The state of an alarm. */
export interface AlarmState {
  readonly name: string;
  readonly state: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
}

/** Who is behind most log entries that a rule counts. */
export interface Contributor {
  readonly keys: readonly string[];
  readonly count: number;
}

/** A widget with its data. A widget whose data cannot be read has the reason. */
export type Drawn = Widget & {
  readonly series?: readonly Series[];
  readonly states?: readonly AlarmState[];
  readonly contributors?: readonly Contributor[];
  readonly error?: string;
};

/** In milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Where data is read. */
interface DataSource {
  readonly client: CloudWatchClient;
  readonly sdk: Sdk<'cloudWatch'>['cloudWatch'];
  readonly range: TimeRange;
}

/** Requests at once; CloudWatch allows 50 of GetMetricData a second, and 20 of GetInsightRuleReport. */
const AT_ONCE = 8;
/** Alarms of one request: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const MOST_ALARMS = 100;

/** Reads the data of all widgets. One that the service rejects does not stop the others. */
export async function readData(widgets: readonly Widget[], source: DataSource): Promise<readonly Drawn[]> {
  const drawn: Drawn[] = [];
  const left = [...widgets.entries()];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, widget] = next;
      drawn[index] = await dataOf(widget, source);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return drawn;
}

async function dataOf(widget: Widget, source: DataSource): Promise<Drawn> {
  try {
    switch (widget.kind) {
      case 'alarms':
        return { ...widget, states: await statesOf(widget.alarms, source) };
      case 'contributors':
        return { ...widget, contributors: await contributorsOf(widget, source) };
      case 'graph':
      case 'number':
        return { ...widget, series: await seriesOf(widget, source) };
      default:
        return widget;
    }
  } catch (error) {
    const { name, message } = error as Error;
    return { ...widget, error: `${name}: ${message}` };
  }
}

async function seriesOf(
  { kind, queries }: { readonly kind: 'graph' | 'number'; readonly queries: readonly Query[] },
  { client, sdk, range }: DataSource,
): Promise<readonly Series[]> {
  const { queries: asked, select } = largestOf(queries);
  // One value of the whole range.
  const whole = Math.ceil((range.to - range.from) / 60_000) * 60;
  const period = (query: Query) => (kind === 'number' ? whole : query.period);
  const results = new Map<string, Series[]>();
  const input = {
    MetricDataQueries: asked.map((query) => queryInput(query, period(query))),
    StartTime: new Date(range.from),
    EndTime: new Date(range.to),
    ScanBy: 'TimestampAscending' as const,
  };
  for await (const page of sdk.paginateGetMetricData({ client }, input)) {
    const seen = new Map<string, number>();
    for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      const query = asked.find(({ id }) => id === Id);
      if (query === undefined) continue;
      // A band has two results with one id; a page continues them.
      const nth = seen.get(Id) ?? 0;
      seen.set(Id, nth + 1);
      const points = Timestamps.flatMap((time, i) => {
        const value = Values[i];
        return value === undefined ? [] : [[time.getTime(), value] as const];
      });
      const all = results.get(Id) ?? [];
      const before = all[nth]?.points ?? [];
      all[nth] = { label: query.label, points: [...before, ...points], period: period(query) };
      results.set(Id, all);
    }
  }
  return select(asked.filter(({ isDrawn }) => isDrawn).flatMap(({ id }) => labelled(results.get(id) ?? [])));
}

/** The bounds of a band. */
function labelled(series: readonly Series[]): readonly Series[] {
  if (series.length !== 2) return series;
  return series.map((one, i) => ({ ...one, label: `${one.label}, ${i === 0 ? 'at most' : 'at least'}` }));
}

function queryInput({ id, expression, metric, isDrawn }: Query, period: number): MetricDataQuery {
  if (metric === undefined) return { Id: id, Expression: expression, Period: period, ReturnData: isDrawn };
  const Dimensions = metric.dimensions.map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: metric.namespace, MetricName: metric.name, Dimensions };
  return { Id: id, MetricStat: { Metric, Period: period, Stat: metric.statistic }, ReturnData: isDrawn };
}

async function statesOf(names: readonly string[], { client, sdk }: DataSource): Promise<readonly AlarmState[]> {
  const states = new Map<string, AlarmState>();
  for (let start = 0; start < names.length; start += MOST_ALARMS) {
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new sdk.DescribeAlarmsCommand({
        AlarmNames: names.slice(start, start + MOST_ALARMS),
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: MOST_ALARMS,
      }),
    );
    for (const { AlarmName: name = '', StateValue: state = '', StateUpdatedTimestamp: at } of [
      ...MetricAlarms,
      ...CompositeAlarms,
    ])
      states.set(name, { name, state, ...(at === undefined ? {} : { since: at.getTime() }) });
  }
  return names.map((name) => states.get(name) ?? { name, state: 'missing' });
}

async function contributorsOf(
  { rule, count }: { readonly rule: string; readonly count: number },
  { client, sdk, range }: DataSource,
): Promise<readonly Contributor[]> {
  const { Contributors = [] } = await client.send(
    new sdk.GetInsightRuleReportCommand({
      RuleName: rule,
      StartTime: new Date(range.from),
      EndTime: new Date(range.to),
      Period: 300,
      MaxContributorCount: count,
      OrderBy: 'Sum',
    }),
  );
  return Contributors.map(({ Keys = [], ApproximateAggregateValue = 0 }) => ({
    // As in notifications: a rule counts what a client is called, which can look like a secret.
    keys: Keys.map(redactString),
    count: ApproximateAggregateValue,
  }));
}
