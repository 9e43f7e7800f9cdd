import type { Skipped } from '../notExpressible.ts';
import { MONITORS_FILE, type Rendered, withDashboards } from '../rendered.ts';
import type { ExportSource, MathTools } from '../source.ts';
import { datadogDashboard } from './dashboard.ts';
import { datadogMonitors } from './monitors.ts';

/** Monitors, and a dashboard for each of the template, as the API of Datadog takes them. */
export function datadog(source: ExportSource, tools: MathTools): Rendered {
  const skipped: Skipped[] = [];
  const monitors = datadogMonitors(source.alarms, tools, skipped);
  const dashboards = source.dashboards.map((one) => ({ name: one.name, content: datadogDashboard(one, skipped) }));
  return {
    files: withDashboards({ [MONITORS_FILE]: JSON.stringify(monitors, null, 2) }, dashboards),
    exported: monitors.map(({ name }) => name),
    skipped,
  };
}
