import type { AlarmModel } from '../../../assembly/model.ts';
import type { Datapoint } from '../bucket.ts';
import type { Dimensions, MetricName, MetricStore, Totals } from '../metricStore.ts';
import { statisticNamed } from '../statistics.ts';
import { exporterLabel, exporterName } from './names.ts';

/** Metrics that share a name, type and help. */
export interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Values by label set. */
  readonly samples: Map<string, number>;
}

/** Statistics of every metric. Alarms add theirs, such as `p99`. */
const STATISTICS = ['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum'];
/** Of these, no data is 0, as the exporter's `nilToZero` makes it. */
const COUNTS = new Set(['SampleCount', 'Sum']);
/** The longest window of a gauge; longer ones are sums over time in Prometheus. */
const WINDOW_SECONDS = 300;
/** A dimension with many values must not fill the memory of a Prometheus: the metric's label sets that were written last are shown. */
const MAX_LABEL_SETS = 1_000;

/**
 * Families of every metric in the store: a gauge for each statistic over the last minutes, and counters since the start. A name that two
 * metrics would share is that of the first one.
 *
 * @param now simulated ms
 */
export function familiesOf(
  store: MetricStore,
  { alarms, region }: { readonly alarms: readonly AlarmModel[]; readonly region: string },
  now: number,
): readonly Family[] {
  const families = new Map<string, Family>();
  const add = (family: Omit<Family, 'samples'>, labels: string, value: number | undefined) => {
    const known = families.get(family.name) ?? { ...family, samples: new Map() };
    if (value === undefined || known.type !== family.type) return;
    families.set(family.name, known);
    if (known.samples.size < MAX_LABEL_SETS && !known.samples.has(labels)) known.samples.set(labels, value);
  };
  const wanted = wantedBy(alarms);
  // The last written first, because they stay where there are too many.
  for (const metric of store.list().toReversed()) {
    const { namespace, name, dimensions } = metric;
    const labels = labelsOf(dimensions, region);
    const { seconds = WINDOW_SECONDS, statistics = [] } = wanted.get(keyOf(metric)) ?? {};
    const data = store.read(namespace, name, dimensions, now - seconds * 1000, now);
    for (const statistic of new Set([...STATISTICS, ...statistics])) {
      const help = `${statistic} of ${name} (${namespace}) over the last ${seconds} seconds`;
      add(
        { name: exporterName(namespace, name, statistic), type: 'gauge', help },
        labels,
        statisticOf(statistic, data),
      );
    }
    addTotals(metric, store.totals(namespace, name, dimensions), (family, value) => add(family, labels, value));
  }
  return [...families.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function addTotals(
  { namespace, name }: MetricName,
  totals: Totals | undefined,
  add: (family: Omit<Family, 'samples'>, value: number) => void,
): void {
  if (totals === undefined) return;
  const base = exporterName(namespace, name);
  const where = `${name} (${namespace}) since the start of the gateway`;
  // A counter only grows.
  if (totals.minimum >= 0) add({ name: base, type: 'counter', help: `All values of ${where}, added up` }, totals.sum);
  add({ name: `${base}_values`, type: 'counter', help: `How many values of ${where} there were` }, totals.count);
}

function statisticOf(statistic: string, data: Datapoint | undefined): number | undefined {
  if (data !== undefined) return statisticNamed(statistic)?.(data);
  return COUNTS.has(statistic) || statistic.startsWith('PR(') ? 0 : undefined;
}

interface Wanted {
  /** The shortest period of an alarm on the metric, at most {@link WINDOW_SECONDS}. */
  seconds: number;
  readonly statistics: Set<string>;
}

/** What alarms read of each metric, whatever its dimensions: the export has one job for each metric, too. */
function wantedBy(alarms: readonly AlarmModel[]): ReadonlyMap<string, Wanted> {
  const all = new Map<string, Wanted>();
  for (const { metric } of alarms.flatMap(({ queries }) => queries)) {
    if (metric === undefined) continue;
    const wanted = all.get(keyOf(metric)) ?? { seconds: WINDOW_SECONDS, statistics: new Set() };
    wanted.seconds = Math.min(wanted.seconds, metric.periodSeconds);
    wanted.statistics.add(metric.statistic);
    all.set(keyOf(metric), wanted);
  }
  return all;
}

function keyOf({ namespace, name }: Pick<MetricName, 'namespace' | 'name'>): string {
  return `${namespace}\0${name}`;
}

/** `{dimension_ApiName="documents",region="eu-west-1"}`; of two dimensions that would share a label, the first one. */
function labelsOf(dimensions: Dimensions, region: string): string {
  const labels = new Map([['region', region]]);
  for (const [name, value] of Object.entries(dimensions)) {
    const label = exporterLabel(name);
    if (!labels.has(label)) labels.set(label, value);
  }
  const parts = [...labels].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${parts.map(([name, value]) => `${name}="${escapeText(value)}"`).join(',')}}`;
}

/** https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#escaping */
export function escapeText(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
