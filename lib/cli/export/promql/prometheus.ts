import { stringify } from 'yaml';
import type { MetricAlarm } from '../../localMonitoring.ts';
import { annotationsOf, literal } from '../annotations.ts';
import { attempt, type Skipped } from '../notExpressible.ts';
import { type Rendered, WRITTEN_BY } from '../rendered.ts';
import { type ExportedAlarm, type ExportSource, type MathTools, namesIn } from '../source.ts';
import { alarmText } from './alarm.ts';
import { exporterConfig } from './exporterConfig.ts';
import { exporterMetrics } from './series.ts';

/** How long an alert that keeps its state without data goes on at least, in seconds: three periods of five minutes. Our choice. */
const KEEP_SECONDS = 900;

/** Alerting rules, the configuration of the exporter whose metrics they read, and inhibitions for Alertmanager. */
export function prometheus(source: ExportSource, tools: MathTools): Rendered {
  const skipped: Skipped[] = [];
  const metrics = exporterMetrics(
    source.alarms.flatMap((alarm) => metricAlarms(alarm).map(({ queries }) => ({ region: alarm.region, queries }))),
  );
  const rules = source.alarms.flatMap((alarm) => {
    const expr = attempt(alarm.name, skipped, () => alarmText(alarm, { metrics, tools }));
    return expr === undefined ? [] : [{ alarm, expr }];
  });
  const exported = new Set(rules.map(({ alarm }) => alarm.name));
  // The exporter reads only what the rules need.
  const read = exporterMetrics(
    rules.flatMap(({ alarm }) => metricAlarms(alarm).map(({ queries }) => ({ region: alarm.region, queries }))),
  );
  const groups = [{ name: 'secure-api', interval: '60s', rules: rules.map(({ alarm, expr }) => ruleOf(alarm, expr)) }];
  return {
    files: {
      'rules.yml': yaml({ groups }),
      'yace.yml': yaml(exporterConfig(read)),
      'prometheus.yml': yaml({
        rule_files: ['rules.yml'],
        scrape_configs: [
          { job_name: 'yace', scrape_interval: '60s', static_configs: [{ targets: ['localhost:5000'] }] },
        ],
      }),
      'alertmanager.yml': yaml({ inhibit_rules: inhibitions(source.alarms, exported) }),
    },
    exported: [...exported],
    skipped,
  };
}

/** The alarms on metrics that decide on an alarm. */
function metricAlarms({ condition }: ExportedAlarm): readonly MetricAlarm[] {
  if (condition.kind === 'metric') return [condition.alarm];
  return namesIn(condition.rule).flatMap((name) => condition.alarms.get(name) ?? []);
}

function ruleOf(alarm: ExportedAlarm, expr: string) {
  const { name, api, severity, region } = alarm;
  const kept = metricAlarms(alarm).filter(({ treatMissingData }) => treatMissingData === 'ignore');
  const seconds = Math.max(0, ...kept.map(({ periodSeconds }) => Math.max(KEEP_SECONDS, periodSeconds)));
  return {
    alert: name,
    expr,
    ...(seconds === 0 ? {} : { keep_firing_for: `${seconds}s` }),
    labels: { severity, ...(api && { api: literal(api), alarm: literal(name.slice(api.length + 1)) }), region },
    annotations: annotationsOf(alarm),
  };
}

/** An alert is silent while one that names its cause fires. */
function inhibitions(alarms: readonly ExportedAlarm[], exported: ReadonlySet<string>) {
  return alarms.flatMap(({ name, causes }) => {
    const sources = causes.filter((cause) => exported.has(cause));
    if (sources.length === 0 || !exported.has(name)) return [];
    return [
      {
        source_matchers: [`alertname=~${JSON.stringify(sources.map(escapeRegex).join('|'))}`],
        target_matchers: [`alertname=${JSON.stringify(name)}`],
        equal: ['region'],
      },
    ];
  });
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function yaml(value: unknown): string {
  return `# ${WRITTEN_BY}\n${stringify(value, { lineWidth: 0 })}`;
}
