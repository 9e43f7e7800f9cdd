import type { ExporterMetric, ExporterMetrics } from './series.ts';

/** CloudWatch has the data of a period some minutes after its end. */
const DELAY_SECONDS = 300;

/**
 * The configuration of the exporter YACE: one job for each metric, because its window is the shortest period of the alarms on it. Counts
 * without data are 0, as the rules expect.
 *
 * @see https://github.com/prometheus-community/yet-another-cloudwatch-exporter/blob/master/docs/configuration.md
 */
export function exporterConfig(metrics: ExporterMetrics): object {
  return { apiVersion: 'v1alpha1', customNamespace: [...metrics.values()].flatMap(jobsOf) };
}

function jobsOf({ namespace, name, seconds, statistics, dimensions, regions }: ExporterMetric): readonly object[] {
  return [...dimensions].map((set, i) => {
    const counts = [...statistics].filter(isCount);
    const values = [...statistics].filter((statistic) => !isCount(statistic));
    return {
      name: `${namespace} ${name}${i === 0 ? '' : ` ${i + 1}`}`,
      namespace,
      regions: [...regions].sort(),
      ...(set === '' ? {} : { dimensionNameRequirements: set.split(',') }),
      delay: DELAY_SECONDS,
      period: seconds,
      length: seconds,
      metrics: [
        ...(counts.length === 0 ? [] : [{ name, statistics: counts, nilToZero: true }]),
        ...(values.length === 0 ? [] : [{ name, statistics: values, nilToZero: false }]),
      ],
    };
  });
}

/** Without values, a share of them is 0, so that a sum over time has a sample for each window. */
function isCount(statistic: string): boolean {
  return statistic === 'Sum' || statistic === 'SampleCount' || statistic.startsWith('PR(');
}
