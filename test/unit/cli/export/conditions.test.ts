import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../../../lib/cli/export/grafana/conditions.ts';
import { sourceOf } from '../../../../lib/cli/export/source.ts';
import type { MetricAlarm } from '../../../../lib/cli/localMonitoring.ts';
import { loadLocal } from '../../../../lib/cli/localPackage.ts';
import { queryValue } from '../../../../local/services/cloudwatch/metricQueries.ts';
import { createMetricStore } from '../../../../local/services/cloudwatch/metricStore.ts';
import { sampleAssembly } from '../../../support/sampleAssembly.ts';

const tools = await loadLocal();
const NOW = Date.UTC(2026, 10, 29, 12);

/** A generator of the same numbers in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const BREACHES: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
};

/** Values of each metric, or none: counts near the limits of the alarms, shares of 100. */
function valuesOf(alarm: MetricAlarm, next: () => number) {
  return alarm.queries.map(({ id, metric }) => {
    const missing = metric === undefined || next() < 0.2;
    return [id, missing ? undefined : Math.floor(next() ** 3 * (metric.statistic === 'Sum' ? 300 : 20_000))] as const;
  });
}

describe('a condition of Grafana', () => {
  it('fires for the values for which the alarm of CloudWatch breaches', async () => {
    const { alarms } = sourceOf(tools.readMonitoring(await sampleAssembly(), {}));
    const compared: string[] = [];
    const next = numbers(7);
    for (const exported of alarms) {
      const { condition } = exported;
      if (condition.kind !== 'metric') continue;
      const { alarm } = condition;
      const all = JSON.stringify(alarm.queries);
      const breaches = BREACHES[alarm.comparison];
      // One period, and statistics of one value.
      if (breaches === undefined || alarm.evaluationPeriods > 1 || /INSIGHT|EPOCH|ANOMALY|SampleCount|PR\(/.test(all))
        continue;
      const { text, queries } = conditionOf(exported, tools);
      for (let run = 0; run < 200; run++) {
        const values = new Map(valuesOf(alarm, next));
        const store = createMetricStore(() => NOW);
        for (const { id, metric } of alarm.queries) {
          const value = values.get(id);
          if (metric !== undefined && value !== undefined)
            store.put(metric.namespace, metric.name, metric.dimensions, value, 1, NOW - 1000);
        }
        const result = alarm.queries.find(({ returnData }) => returnData);
        if (result === undefined) throw new Error('no query returns data');
        const series = queryValue(result, alarm.queries, { store, insights: () => () => undefined });
        const value =
          series.kind === 'series'
            ? series.at({ end: NOW, periodMs: alarm.periodSeconds * 1000, length: 1 }, 0)
            : undefined;
        const bound = Object.fromEntries(queries.map(({ refId, query }) => [`$${refId}R`, values.get(query.id) ?? 0]));
        // Numbers, comparisons and logic of Grafana's math are those of JavaScript.
        const fires = Boolean(new Function(...Object.keys(bound), `return ${text}`)(...Object.values(bound)));
        expect([exported.name, Object.fromEntries(values), fires]).toEqual([
          exported.name,
          Object.fromEntries(values),
          value !== undefined && breaches(value, alarm.threshold),
        ]);
      }
      compared.push(exported.name.replace(/^.*-[0-9A-F]{8}-/, ''));
    }
    expect(compared).toContain('issuer-unreachable');
    expect(compared.length).toBeGreaterThan(8);
  });

  it('exists for alarms on errors, whose expressions end with the newest periods', async () => {
    const { alarms } = sourceOf(tools.readMonitoring(await sampleAssembly(), {}));
    for (const id of ['server-errors', 'latency', 'issuer-unreachable']) {
      const alarm = alarms.find(({ name }) => name.endsWith(`-${id}`));
      expect(alarm && conditionOf(alarm, tools).text).toMatch(/Q0R/);
    }
  });

  it('counts the periods that breach, each with its own queries', async () => {
    const { alarms } = sourceOf(tools.readMonitoring(await sampleAssembly(), {}));
    const slow = alarms.find(({ name }) => name.endsWith('authorizer-slow'));
    if (slow === undefined) throw new Error('no such alarm');
    const { text, queries } = conditionOf(slow, tools);
    expect(queries.map(({ shift }) => shift)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(text).toMatch(/\) >= 2\)$/);
  });
});
