import type { Skipped } from '../notExpressible.ts';
import { dashboardFile, type Rendered } from '../rendered.ts';
import type { ExportSource, MathTools } from '../source.ts';
import { datadogDashboard } from './dashboard.ts';
import { datadogMonitors } from './monitors.ts';

/** Monitors, and a dashboard for each of the template, as the API of Datadog takes them. */
export function datadog(source: ExportSource, tools: MathTools): Rendered {
  const skipped: Skipped[] = [];
  const monitors = datadogMonitors(source.alarms, tools, skipped);
  const dashboards = source.dashboards.map((one) => [dashboardFile(one.name), datadogDashboard(one, skipped)] as const);
  return {
    files: { 'monitors.json': JSON.stringify(monitors, null, 2), ...Object.fromEntries(dashboards) },
    exported: monitors.map(({ name }) => name),
    skipped,
  };
}
