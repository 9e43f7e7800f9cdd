import { escapeText, type Family } from './families.ts';

/**
 * OpenMetrics 1.0 text. Units are left out: they would have to be the end of each name.
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export function openMetricsText(families: readonly Family[]): string {
  const taken = new Set<string>();
  const lines = families.flatMap(({ name, type, help, samples }) => {
    const sample = type === 'counter' ? `${name}_total` : name;
    // The name of a sample belongs to one family.
    if (taken.has(sample) || taken.has(name)) return [];
    taken.add(sample).add(name);
    return [
      `# TYPE ${name} ${type}`,
      `# HELP ${name} ${escapeText(help)}`,
      ...[...samples].map(([labels, value]) => `${sample}${labels} ${numberText(value)}`),
    ];
  });
  return [...lines, '# EOF', ''].join('\n');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
