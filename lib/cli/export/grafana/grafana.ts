import type { Skipped } from '../notExpressible.ts';
import { dashboardFile, type Rendered } from '../rendered.ts';
import type { ExportSource, MathTools } from '../source.ts';
import { grafanaDashboard } from './dashboard.ts';
import { grafanaRules } from './rules.ts';

/** A dashboard for each of the template, and alert rules that query CloudWatch. */
export function grafana(source: ExportSource, tools: MathTools): Rendered {
  const skipped: Skipped[] = [];
  const { text, exported } = grafanaRules(source.alarms, tools, skipped);
  const dashboards = source.dashboards.map((one) => [dashboardFile(one.name), grafanaDashboard(one, skipped)] as const);
  return { files: { 'alerting.yml': text, ...Object.fromEntries(dashboards) }, exported, skipped };
}
