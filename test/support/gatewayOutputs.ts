import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { awsCall } from '../../lambdas/shared/aws.ts';
import { insightRules } from '../../lib/construct/monitoring/insightRules.ts';
import type { RunningGateway } from './gateway.ts';

/** What a gateway keeps because the API stored it: tables and objects. */
const STORED = /^(?:dynamodb|s3)\b/;

/** The outputs of a running gateway by name: metrics with their dimensions, alarms, contributors. */
export async function telemetryOf({ ready }: RunningGateway): Promise<Readonly<Record<string, string>>> {
  const call = awsCall(ready.environment, 'monitoring');
  const [metrics, alarms] = await Promise.all([call('ListMetrics', {}), call('DescribeAlarms', {})]);
  const rules = insightRules({ isBehindCloudFront: false }).map(({ id }) => `${ready.apis[0]?.name}-${id}`);
  const now = Math.floor(Date.now() / 60_000) * 60;
  const [StartTime, EndTime] = [now - 3_600, now + 24 * 3_600];
  const report = (RuleName: string) =>
    call('GetInsightRuleReport', { RuleName, StartTime, EndTime, Period: 60, MaxContributorCount: 100 });
  const contributors = await Promise.all(rules.map(report));
  const openMetrics = ready.metricsUrl === undefined ? '' : await (await fetch(ready.metricsUrl)).text();
  return {
    metrics: JSON.stringify(metrics),
    openMetrics,
    alarms: JSON.stringify(alarms),
    contributors: JSON.stringify(contributors),
  };
}

/** Every file that a gateway wrote, besides those that store: logs, notifications, traces, whatever else there is. */
export function filesOf({ ready: { data } }: RunningGateway): Readonly<Record<string, string>> {
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const named = files.map((file) => [relative(data, file), file] as const).filter(([name]) => !STORED.test(name));
  return Object.fromEntries(named.map(([name, file]) => [name, readFileSync(file, 'latin1')]));
}
