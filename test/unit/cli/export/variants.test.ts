import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { datadog } from '../../../../lib/cli/export/datadog/datadog.ts';
import { grafana } from '../../../../lib/cli/export/grafana/grafana.ts';
import { prometheus } from '../../../../lib/cli/export/promql/prometheus.ts';
import type { Rendered } from '../../../../lib/cli/export/rendered.ts';
import { type ExportSource, sourceOf } from '../../../../lib/cli/export/source.ts';
import { loadLocal } from '../../../../lib/cli/localPackage.ts';
import { promqlFaults, selectorsOf } from '../../../support/promql.ts';
import { edgeVariants, STACK, synthesizeVariant, templateIn, variants } from '../../../support/variants.ts';

const local = await loadLocal();
/** Variants whose alarms no other one has, and one with all. */
const NAMES = [
  'as it is',
  'a user pool',
  'webhooks',
  'bound tokens',
  'mutual TLS',
  'objectives',
  'rotated keys',
  'everything',
];
const all = { ...variants, ...edgeVariants };

function checkPrometheus({ files, exported }: Rendered): void {
  const { groups } = parse(files['rules.yml'] ?? '') as { groups: readonly { rules: readonly Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.map(({ alert }) => alert).sort()).toEqual([...exported].sort());
  const { customNamespace } = parse(files['yace.yml'] ?? '') as { customNamespace: readonly Job[] };
  const read = new Set(
    customNamespace.flatMap(({ namespace, metrics }) =>
      metrics.flatMap(({ name, statistics }) => statistics.map((one) => local.exporterName(namespace, name, one))),
    ),
  );
  for (const { alert, expr, labels, annotations } of rules) {
    expect([alert, promqlFaults(expr)]).toEqual([alert, []]);
    expect(selectorsOf(expr).filter(({ name }) => !read.has(name))).toEqual([]);
    expect(labels['severity']).toMatch(/^(?:page|ticket|info)$/);
    expect(annotations['runbook_url']).toMatch(/^https:\/\/.*\/docs\/runbooks\/[a-z-]+\.md$/);
    expect(annotations['dashboard_url']).toMatch(/^https:/);
  }
}

/** Each query of a rule is used, and nothing refers to what is not there; panels are inside the 24 columns, with queries of CloudWatch. */
function checkGrafana({ files, exported }: Rendered): void {
  const { groups } = parse(files['alerting.yml'] ?? '') as { groups: readonly { rules: readonly GrafanaRule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.map(({ title }) => title).sort()).toEqual([...exported].sort());
  expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
  for (const { data, condition } of rules) {
    const models = new Map(data.map(({ refId, model }) => [refId, model]));
    const used = data.flatMap(({ model: { type, expression = '' } }) => {
      if (type === 'math') return [...expression.matchAll(/\$(\w+)/g)].map(([, refId]) => refId);
      return type === undefined ? [] : [expression];
    });
    expect([...new Set([...used, condition])].sort()).toEqual([...models.keys()].sort());
  }
  for (const [, text] of Object.entries(files).filter(([name]) => name.endsWith('.json'))) {
    const { panels } = JSON.parse(text) as { panels: readonly Panel[] };
    expect(panels.length).toBeGreaterThan(3);
    for (const { gridPos, targets = [] } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (const { metricName, expression } of targets) expect(metricName !== '' || expression !== '').toBe(true);
    }
  }
}

interface GrafanaRule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly {
    readonly refId: string;
    readonly model: { readonly type?: string; readonly expression?: string };
  }[];
}

interface Panel {
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly { readonly metricName: string; readonly expression: string }[];
}

/** Queries have the form of the API, and only names that Datadog documents. */
function checkDatadog({ files, exported }: Rendered): void {
  const monitors = JSON.parse(files['monitors.json'] ?? '[]') as readonly Monitor[];
  expect(monitors.map(({ name }) => name)).toEqual(exported);
  const metric = '(?:sum|avg|max|min):aws\\.[a-z0-9_.]+\\{[a-z]+:[^{},]+(?:,[a-z]+:[^{},]+)*\\}(?:\\.as_count\\(\\))?';
  const term = `(?:${metric}|default_zero\\(${metric}\\))`;
  const plain = new RegExp(`^(?:sum|avg|max|min)\\(last_\\d+[mh]\\):${term}(?: \\+ ${term})* (?:>=|>|<|<=) [\\d.]+$`);
  const anomaly = new RegExp(
    `^avg\\(last_1d\\):anomalies\\((?:clamp_min\\()?${metric}\\.rollup\\(sum, 300\\).*\\) >= 1$`,
  );
  for (const { query, priority, options, message, tags } of monitors) {
    expect(plain.test(query) || anomaly.test(query) ? '' : query).toBe('');
    expect(Number(query.split(' ').at(-1))).toBe(options.thresholds.critical);
    expect([1, 3, 5]).toContain(priority);
    expect(message).toContain('Runbook: https://');
    expect(tags).toContain('managed-by:secure-api');
  }
  for (const [, text] of Object.entries(files).filter(([name]) => name !== 'monitors.json')) {
    const { layout_type, widgets } = JSON.parse(text) as { layout_type: string; widgets: readonly unknown[] };
    expect([layout_type, widgets.length > 3]).toEqual(['ordered', true]);
  }
}

interface Monitor {
  readonly name: string;
  readonly query: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly options: { readonly thresholds: { readonly critical: number } };
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Job {
  readonly namespace: string;
  readonly metrics: readonly { readonly name: string; readonly statistics: readonly string[] }[];
}

const TARGETS: Readonly<
  Record<string, readonly [render: (source: ExportSource) => Rendered, check: (rendered: Rendered) => void]>
> = {
  prometheus: [(source) => prometheus(source, local), checkPrometheus],
  grafana: [(source) => grafana(source, local), checkGrafana],
  datadog: [(source) => datadog(source, local), checkDatadog],
};

describe.each([...NAMES, ...Object.keys(edgeVariants)])('the variant "%s"', (name) => {
  it('has each alarm that notifies in every export, or skipped with a reason', () => {
    const folder = synthesizeVariant(all[name as keyof typeof all], false);
    const notifying = Object.values(templateIn(folder).Resources).filter(
      ({ Type, Properties }) =>
        /^AWS::CloudWatch::(?:Composite)?Alarm$/.test(Type) && [Properties?.['AlarmActions'] ?? []].flat().length > 0,
    );
    const source = sourceOf(local.readMonitoring(folder, { stack: STACK }));
    expect(source.alarms.length).toBeGreaterThanOrEqual(notifying.length);
    for (const [target, [render, check]] of Object.entries(TARGETS)) {
      const rendered = render(source);
      const alarms = source.alarms.map((alarm) => alarm.name);
      const skipped = rendered.skipped.filter(({ what }) => alarms.includes(what));
      expect([target, [...rendered.exported, ...skipped.map(({ what }) => what)].sort()]).toEqual([
        target,
        alarms.sort(),
      ]);
      expect(skipped.filter(({ reason }) => reason === '')).toEqual([]);
      check(rendered);
    }
  });
});
