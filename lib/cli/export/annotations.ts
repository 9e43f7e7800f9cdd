import type { ExportedAlarm } from './source.ts';

/** Annotations of a rule for Prometheus or Grafana. */
export function annotationsOf({ summary, description, runbook, dashboard, owner }: ExportedAlarm) {
  return {
    summary: literal(summary),
    description: literal(description),
    ...(runbook && { runbook_url: literal(runbook) }),
    ...(dashboard && { dashboard_url: literal(dashboard) }),
    ...(owner && { owner: literal(owner) }),
  };
}

/**
 * Annotations and labels are templates of Go.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#templating
 */
export function literal(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}
