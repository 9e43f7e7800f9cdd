import type { MetricSeries, Periods } from './metricData.ts';

/** Eighths of a line; a period without data is a space. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A metric for programs. */
export function metricJson({ metric, values }: MetricSeries, { from, periodMs }: Periods): object {
  const { name, meaning, unit, statistic } = metric;
  const points = values.flatMap((value, index) => {
    return value === undefined ? [] : [{ time: new Date(from + index * periodMs).toISOString(), value }];
  });
  return { name, meaning, unit, statistic, points };
}

/** Metrics as a table: the whole time as a number, the last and the highest period, and a bar for each period. */
export function metricsTable(series: readonly MetricSeries[], { from, to, periodMs }: Periods): string {
  const head = ['metric', 'all', 'last', 'highest', `${timeOf(from)} to ${timeOf(to)} UTC, ${lengthOf(periodMs)} each`];
  const rows = series.map(({ metric, values }) => {
    const known = values.filter((value) => value !== undefined);
    const sum = known.reduce((total, value) => total + value, 0);
    const show = (value: number | undefined) => (value === undefined ? '' : numberOf(value, metric.unit));
    // Percentiles of periods have no sum.
    const all = metric.unit === 'count' && known.length > 0 ? sum : undefined;
    const highest = known.length === 0 ? undefined : known.reduce((one, other) => Math.max(one, other));
    return [metric.name, show(all), show(known.at(-1)), show(highest), sparkline(values)];
  });
  const table = [head, ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map(([name = '', ...cells]) => {
      const numbers = cells.slice(0, 3).map((cell, index) => cell.padStart(widths[index + 1] ?? 0));
      return [name.padEnd(widths[0] ?? 0), ...numbers, cells[3] ?? ''].join('  ').trimEnd();
    })
    .join('\n');
}

/** A bar for each value, from zero to the highest. */
function sparkline(values: readonly (number | undefined)[]): string {
  const highest = values.reduce<number>((one, other) => Math.max(one, other ?? 0), 0);
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      return BARS[highest === 0 ? 0 : Math.round((value / highest) * (BARS.length - 1))] ?? ' ';
    })
    .join('');
}

function numberOf(value: number, unit: 'count' | 'ms'): string {
  const text = value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : 1 });
  return unit === 'ms' ? `${text} ms` : text;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function lengthOf(ms: number): string {
  const minutes = ms / 60_000;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
