import { Command, InvalidArgumentError, Option } from 'commander';
import { withCloudWatch } from './observe/alarmList.ts';
import { duration } from './observe/duration.ts';
import { METRICS } from './observe/metricCatalogue.ts';
import { metricSeries, periodsOf } from './observe/metricData.ts';
import { metricJson, metricsTable } from './observe/metricFormat.ts';
import { openSource, type SourceOptions, withSource } from './observe/openSource.ts';
import { invalidOption, withExamples } from './options.ts';
import { print } from './output.ts';

interface MetricsOptions extends SourceOptions {
  readonly since: number;
  readonly period?: number;
  readonly json?: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** GetMetricData returns at most so many datapoints in a page; nobody reads more. */
const MAX_PERIODS = 1_440;

/** `secure-api metrics`: how an API does, in numbers. */
export function metricsCommand(): Command {
  const command = withSource(
    new Command('metrics')
      .description('show requests, rejections by reason, latency and decisions of an API over time')
      .argument('[metric...]', `metrics to show, of ${METRICS.map(({ name }) => name).join(', ')} (default: all)`)
      .addOption(
        new Option('--since <time>', 'how far back, such as 15m, 6h or 2d').argParser(duration).default(HOUR_MS, '1h'),
      )
      .addOption(
        new Option(
          '--period <time>',
          'length of a period, in whole minutes (default: so that they fit into a line)',
        ).argParser(minutes),
      ),
  )
    .option('--json', 'print { metrics } with all datapoints as JSON')
    .action(run);
  return withExamples(
    command,
    'secure-api metrics',
    'secure-api metrics requests 5xx p99 --since 6h',
    'secure-api metrics rejected-tokens --since 2d --period 1h --stack Documents --json',
  );
}

function minutes(value: string): number {
  const ms = duration(value);
  if (ms % MINUTE_MS === 0) return ms;
  throw new InvalidArgumentError('expected whole minutes, such as 5m or 1h.');
}

async function run(names: readonly string[], options: MetricsOptions): Promise<void> {
  const metrics = names.length === 0 ? METRICS : names.map(metricNamed);
  const { since, period } = options;
  if (period !== undefined && since / period > MAX_PERIODS) throw tooMany(since / period);
  const source = await openSource(options);
  const periods = periodsOf(source.now(), since, period);
  const series = await withCloudWatch(source, (cloudWatch) => metricSeries(cloudWatch, metrics, periods));
  if (options.json !== true) return print(metricsTable(series, periods));
  const { from, to, periodMs } = periods;
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), period: periodMs / 1000 };
  print(JSON.stringify({ ...range, metrics: series.map((one) => metricJson(one, periods)) }));
}

function metricNamed(name: string) {
  const found = METRICS.find((metric) => metric.name === name);
  if (found !== undefined) return found;
  throw invalidOption({
    location: 'metric',
    found: JSON.stringify(name),
    expected: `one of ${METRICS.map((metric) => metric.name).join(', ')}`,
    fix: 'Name a metric of the list, or none for all.',
  });
}

function tooMany(count: number) {
  return invalidOption({
    location: '--period',
    found: `${Math.ceil(count)} periods`,
    expected: `at most ${MAX_PERIODS}`,
    fix: 'Choose a longer period or a shorter time.',
  });
}
