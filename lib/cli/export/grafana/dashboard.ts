import { metricRows } from '../metricRows.ts';
import { attempt, NotExpressible, type Skipped } from '../notExpressible.ts';
import { WRITTEN_BY } from '../rendered.ts';
import type { ExportSource, Widget } from '../source.ts';
import { cloudWatchQuery, DATA_SOURCE } from './rules.ts';

/** A variable of the dashboard: the person who imports it chooses. */
const SOURCE = { type: 'cloudwatch', uid: ['$', '{datasource}'].join('') };

type Dashboard = ExportSource['dashboards'][number];
type Json = Readonly<Record<string, unknown>>;

/**
 * A dashboard to import or provision: a panel for each widget, at its place; both have 24 columns.
 *
 * @see https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function grafanaDashboard({ name, region, body }: Dashboard, skipped: Skipped[]): string {
  const panels = (body.widgets ?? []).flatMap((widget, i) => {
    const title = String(widget.properties['title'] ?? `${widget.type} widget ${i + 1}`);
    const panel = attempt(`${name}: ${title}`, skipped, () => panelOf(widget, region));
    return panel === undefined ? [] : [{ id: i + 1, gridPos: placeOf(widget), ...panel }];
  });
  return JSON.stringify(
    {
      uid: name.slice(0, 40).toLowerCase(),
      title: name,
      description: WRITTEN_BY,
      tags: ['secure-api'],
      schemaVersion: 39,
      editable: true,
      graphTooltip: 1,
      time: { from: 'now-8h', to: 'now' },
      refresh: '1m',
      templating: {
        list: [
          {
            name: 'datasource',
            type: 'datasource',
            label: 'CloudWatch',
            query: 'cloudwatch',
            current: { text: DATA_SOURCE, value: DATA_SOURCE },
          },
        ],
      },
      annotations: { list: [] },
      links: [],
      panels,
    },
    null,
    2,
  );
}

function placeOf({ x = 0, y = 0, width = 6, height = 6 }: Widget) {
  return { x, y, w: width, h: height };
}

function panelOf({ type, properties }: Widget, region: string): Json {
  const title = String(properties['title'] ?? '');
  if (type === 'text')
    return { type: 'text', title, options: { mode: 'markdown', content: String(properties['markdown'] ?? '') } };
  if (type === 'alarm')
    return {
      type: 'alertlist',
      title,
      options: {
        alertName: '',
        viewMode: 'list',
        stateFilter: { firing: true, pending: true, noData: false, normal: false, error: true },
      },
    };
  if (type === 'metric') return metricPanel(title, properties, region);
  if (type === 'log') throw new NotExpressible('it shows a query of Logs Insights: run the saved query in CloudWatch');
  throw new NotExpressible(`Grafana has no panel like the widget ${type}`);
}

function metricPanel(title: string, properties: Json, region: string): Json {
  if (properties['insightRule'] !== undefined)
    throw new NotExpressible('it shows contributors of Contributor Insights');
  const targets = metricRows(properties, region).map((row, i) => ({
    refId: `Q${i}`,
    datasource: SOURCE,
    hide: !row.isVisible,
    ...cloudWatchQuery({ ...row, text: row.expression }),
  }));
  const annotations = (properties['annotations'] ?? {}) as {
    horizontal?: readonly { value?: number; color?: string }[];
  };
  const lines = (annotations.horizontal ?? []).filter(({ value }) => typeof value === 'number');
  const steps = lines
    .map(({ value, color }) => ({ value: value ?? 0, color: color ?? 'red' }))
    .toSorted((one, other) => one.value - other.value);
  return {
    type: properties['view'] === 'singleValue' ? 'stat' : 'timeseries',
    title,
    datasource: SOURCE,
    targets,
    fieldConfig: {
      defaults: {
        custom: {
          thresholdsStyle: { mode: steps.length === 0 ? 'off' : 'line' },
          stacking: { mode: properties['stacked'] === true ? 'normal' : 'none', group: 'A' },
        },
        thresholds: { mode: 'absolute', steps: [{ value: null, color: 'green' }, ...steps] },
      },
      overrides: [],
    },
  };
}
