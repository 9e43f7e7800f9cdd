import type { QueriedMetric } from '../localMonitoring.ts';

type Json = Readonly<Record<string, unknown>>;

/** A row of a widget of metrics: a metric, or an expression over other rows. */
export interface MetricRow {
  readonly id: string;
  readonly region: string;
  readonly periodSeconds: number;
  readonly isVisible: boolean;
  readonly label?: string;
  readonly metric?: QueriedMetric;
  readonly expression?: string;
}

/**
 * The rows of a widget: namespace, name, dimensions and options, where `.` repeats what stands above, and `...` all of it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function metricRows(properties: Json, region: string): readonly MetricRow[] {
  const rows = Array.isArray(properties['metrics']) ? (properties['metrics'] as readonly unknown[][]) : [];
  let above: readonly string[] = [];
  return rows.map((row, i) => {
    const options = row.find((part): part is Json => typeof part === 'object' && part !== null) ?? {};
    const parts = written(row, above);
    if (parts.length > 0) above = parts;
    const { expression, label } = options;
    const periodSeconds = Number(options['period'] ?? properties['period'] ?? 300);
    const statistic = String(options['stat'] ?? properties['stat'] ?? 'Average');
    return {
      id: String(options['id'] ?? `q${i}`),
      region: String(options['region'] ?? properties['region'] ?? region),
      periodSeconds,
      isVisible: options['visible'] !== false,
      ...(typeof label === 'string' && { label }),
      ...(typeof expression === 'string'
        ? { expression }
        : { metric: { ...metricOf(parts), statistic, periodSeconds } }),
    };
  });
}

function written(row: readonly unknown[], above: readonly string[]): readonly string[] {
  const texts = row.filter((part): part is string => typeof part === 'string');
  if (texts[0] === '...') return [...above.slice(0, above.length - (texts.length - 1)), ...texts.slice(1)];
  return texts.map((part, at) => (part === '.' ? (above[at] ?? '') : part));
}

function metricOf([namespace = '', name = '', ...pairs]: readonly string[]) {
  const dimensions = Object.fromEntries(
    pairs.flatMap((part, at) => (at % 2 === 0 ? [[part, pairs[at + 1] ?? '']] : [])),
  );
  return { namespace, name, dimensions };
}
