import { metricRows } from '../metricRows.ts';
import { attempt, NotExpressible, type Skipped } from '../notExpressible.ts';
import { MANAGED_BY, WRITTEN_BY } from '../rendered.ts';
import type { ExportSource, Widget } from '../source.ts';
import { datadogMetric } from './names.ts';

/**
 * A dashboard, as the API takes it: widgets in the order of the template.
 *
 * @see https://docs.datadoghq.com/api/latest/dashboards/create-a-new-dashboard/
 */
export function datadogDashboard(
  { name, region, body }: ExportSource['dashboards'][number],
  skipped: Skipped[],
): string {
  const widgets = (body.widgets ?? []).flatMap((widget, i) => {
    const title = String(widget.properties['title'] ?? `${widget.type} widget ${i + 1}`);
    const definition = attempt(`${name}: ${title}`, skipped, () => definitionOf(widget, title, region));
    return definition === undefined ? [] : [{ definition }];
  });
  return JSON.stringify(
    { title: name, description: WRITTEN_BY, layout_type: 'ordered', tags: [], template_variables: [], widgets },
    null,
    2,
  );
}

function definitionOf({ type, properties }: Widget, title: string, region: string): object {
  if (type === 'text')
    return { type: 'note', content: String(properties['markdown'] ?? ''), background_color: 'white' };
  if (type === 'alarm') return { type: 'manage_status', title, query: `tag:"${MANAGED_BY}"`, sort: 'status,asc' };
  if (type !== 'metric') throw new NotExpressible(`Datadog has no widget like the ${type} widget here`);
  const rows = metricRows(properties, region).filter(({ isVisible }) => isVisible);
  if (rows.length === 0) throw new NotExpressible('it shows no metric');
  const requests = rows.map(({ metric, region: of }) => {
    if (metric === undefined) throw new NotExpressible('a formula of CloudWatch is not one of Datadog');
    return { q: datadogMetric(metric, of), display_type: 'line' };
  });
  return { type: 'timeseries', title, requests };
}
