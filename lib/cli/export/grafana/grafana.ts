import type { Skipped } from '../notExpressible.ts';
import { type Rendered, withDashboards } from '../rendered.ts';
import type { ExportSource, MathTools } from '../source.ts';
import { grafanaDashboard } from './dashboard.ts';
import { grafanaRules } from './rules.ts';

/** A dashboard for each of the template, and alert rules that query CloudWatch. */
export function grafana(source: ExportSource, tools: MathTools): Rendered {
  const skipped: Skipped[] = [];
  const { text, exported } = grafanaRules(source.alarms, tools, skipped);
  const dashboards = source.dashboards.map((one) => ({ name: one.name, content: grafanaDashboard(one, skipped) }));
  return { files: withDashboards({ 'alerting.yml': text }, dashboards), exported, skipped };
}
