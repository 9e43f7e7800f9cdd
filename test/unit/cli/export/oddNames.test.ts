import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { datadog } from '../../../../lib/cli/export/datadog/datadog.ts';
import { grafana } from '../../../../lib/cli/export/grafana/grafana.ts';
import { prometheus } from '../../../../lib/cli/export/promql/prometheus.ts';
import { isExported } from '../../../../lib/cli/export/rendered.ts';
import { sourceOf } from '../../../../lib/cli/export/source.ts';
import type { MonitoredStack } from '../../../../lib/cli/localMonitoring.ts';
import * as local from '../../../../local/index.ts';
import { promqlFaults, selectorsOf } from '../../../support/promql.ts';

const ODD = [
  'a "b" \\ {x="y"}',
  "it's: - & *anchor | > % @ `",
  'line\nbreak: yes\n- item',
  '{{ .Labels }} {{"{{"}} $value',
  'null',
  '*',
  '../../etc/passwd',
  '\u202egnp.exe',
];

/** A stack in which a person chose the name everywhere. */
function sourceNamed(odd: string) {
  const metric = { namespace: 'AWS/ApiGateway', name: '5XXError', statistic: 'Sum', periodSeconds: 300 };
  const alarm = {
    name: `${odd}-errors`,
    description: `It fails ${odd}`,
    alarmActions: ['t'],
    queries: [{ id: 'm', returnData: true, metric: { ...metric, dimensions: { ApiName: odd } } }],
    periodSeconds: 300,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 5,
    comparison: 'GreaterThanThreshold',
    treatMissingData: 'notBreaching',
  };
  const widget = { type: 'text', x: 0, y: 0, width: 6, height: 6, properties: { markdown: odd } };
  const stack = {
    name: 'stack',
    region: 'eu-west-1',
    apis: [odd],
    topics: { t: 'ApiPageTopic3F2A9C01' },
    alarms: [alarm],
    compositeAlarms: [],
    dashboards: [{ name: odd, body: JSON.stringify({ widgets: [widget] }) }],
  };
  return sourceOf([stack as unknown as MonitoredStack]);
}

/** What Go makes of a template that has no more than literal braces. */
const rendered = (template: string) => template.replaceAll('{{"{{"}}', '{{').replaceAll('$$', '$');

describe.each(ODD)('an API called %j', (odd) => {
  const source = sourceNamed(odd);

  it('is one rule of Prometheus with its name as data', () => {
    const { files, exported, skipped } = prometheus(source, local);
    const { groups } = parse(files['rules.yml'] ?? '');
    const [{ alert, expr, labels, annotations }] = groups[0].rules;
    expect([groups.length, groups[0].rules.length, alert, exported, skipped]).toEqual([
      1,
      1,
      `${odd}-errors`,
      [`${odd}-errors`],
      [],
    ]);
    expect(promqlFaults(expr)).toEqual([]);
    for (const selector of selectorsOf(expr)) expect(selector.labels['dimension_ApiName']).toBe(odd);
    expect(rendered(labels.api)).toBe(odd);
    expect(rendered(annotations.description)).toBe(`It fails ${odd}`);
    for (const [name, text] of Object.entries(files)) expect(isExported(text, name)).toBe(true);
  });

  it('is one rule and one dashboard of Grafana, in files that stay in the folder', () => {
    const { files } = grafana(source, local);
    const { groups } = parse(files['alerting.yml'] ?? '');
    expect(groups[0].rules).toHaveLength(1);
    expect(rendered(groups[0].rules[0].labels.api)).toBe(odd);
    const [, name = ''] = Object.keys(files);
    expect(name).toMatch(/^[\w-]+\.json$/);
    expect(JSON.parse(files[name] ?? '').title).toBe(odd);
    for (const [name, text] of Object.entries(files)) expect(isExported(text, name)).toBe(true);
  });

  it('is one monitor and one dashboard of Datadog, with one value of each tag in its query', () => {
    const { files } = datadog(source, local);
    const [monitor] = JSON.parse(files['monitors.json'] ?? '');
    expect(monitor.query).toMatch(
      /^sum\(last_5m\):sum:aws\.apigateway\.\w+\{apiname:[^{},\s]*,region:eu-west-1\}\.as_count\(\) > 5$/,
    );
    expect(Object.keys(files).filter((name) => !/^[\w-]+\.json$/.test(name))).toEqual([]);
    for (const [name, text] of Object.entries(files)) expect(isExported(text, name)).toBe(true);
  });
});

it('gives each dashboard a separate file, and none that of the monitors', () => {
  const source = sourceNamed('monitors');
  const [dashboard = expect.fail('no dashboard')] = source.dashboards;
  const names = ['monitors', 'Monitors', 'a b', 'a_b'];
  const { files } = datadog({ ...source, dashboards: names.map((name) => ({ ...dashboard, name })) }, local);
  expect(Object.keys(files)).toEqual(['monitors.json', 'monitors-2.json', 'Monitors-3.json', 'a_b.json', 'a_b-2.json']);
  expect(JSON.parse(files['monitors.json'] ?? '')).toHaveLength(1);
  expect(JSON.parse(files['a_b.json'] ?? '').title).toBe('a b');
});

it('knows an empty list as its own in the file of the monitors alone', () => {
  const files = ['out/monitors.json', 'out/mine.json', 'out/monitors-2.json'];
  expect(files.map((path) => isExported('[]', path))).toEqual([true, false, false]);
});
