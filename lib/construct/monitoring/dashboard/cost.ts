import { type IMetric, type IWidget, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { chunks } from '../expressions.ts';
import { FIVE_MINUTES } from '../metrics.ts';
import { namedFunctions, namedTables } from './dependencies.ts';
import type { DashboardParts } from './parts.ts';
import { graph, rows, titleOf } from './widgets.ts';

/** Functions of one expression, which has at most 2,048 characters. */
const MOST_SUMMED = 40;
const MB_PER_GB = 1_024;
const MS_PER_SECOND = 1_000;

/** What AWS charges for, in the units of its price lists: docs/cost.md has the prices of logs, docs/limits.md the others. */
export function costSection(parts: DashboardParts): readonly IWidget[] {
  const { stage, tables } = parts;
  const requests = stage.metricCount({ statistic: Stats.SUM, period: FIVE_MINUTES, label: 'API Gateway and WAF' });
  const [seconds, logs, capacity] = [gigabyteSeconds(parts), bytes(parts), capacityUnits(tables)];
  return rows(
    [
      graph({ title: 'Requests', lines: [requests] }),
      graph({
        title: titleOf('Lambda, GB-seconds by function', seconds),
        lines: seconds,
        stacked: true,
      }),
      graph({ title: titleOf('Ingested logs, bytes', logs), lines: logs }),
      ...(capacity.length === 0
        ? []
        : [graph({ title: titleOf('Read and write units of tables', capacity), lines: capacity })]),
    ],
    2,
  );
}

/** By function; of many functions the sum, because a template has 1 MB. */
function gigabyteSeconds(parts: DashboardParts): readonly IMetric[] {
  const named = namedFunctions(parts).map(([label, fn], i) => ({ label, fn, id: `duration${i}` }));
  const product = ({ id, fn }: (typeof named)[number]) => `FILL(${id}, 0) * ${memoryOf(fn)}`;
  const line = (some: readonly (typeof named)[number][], label: string) =>
    new MathExpression({
      expression: `(${some.map(product).join(' + ')}) / ${MB_PER_GB * MS_PER_SECOND}`,
      usingMetrics: Object.fromEntries(
        some.map(({ id, fn }) => [id, fn.metricDuration({ statistic: Stats.SUM, period: FIVE_MINUTES })]),
      ),
      label,
      period: FIVE_MINUTES,
    });
  if (named.length <= MOST_SUMMED) return named.map((one) => line([one], one.label));
  return chunks(named, MOST_SUMMED).map((some, i) =>
    line(some, `functions ${i * MOST_SUMMED + 1}–${i * MOST_SUMMED + some.length}`),
  );
}

/** The default has 128 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
function memoryOf(fn: LambdaFunction): number {
  return (fn.node.defaultChild as CfnFunction | undefined)?.memorySize ?? 128;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html */
function bytes(parts: DashboardParts): readonly IMetric[] {
  const logs: readonly (readonly [string, string])[] = [
    ['access log', parts.accessLog.logGroupName],
    ...(parts.webAclLog === undefined ? [] : [['log of the web ACL', parts.webAclLog.logGroupName] as const]),
    ...namedFunctions(parts).map(([name, fn]) => [name, (fn.logGroup as LogGroup).logGroupName] as const),
  ];
  return logs.map(
    ([label, LogGroupName]) =>
      new Metric({
        namespace: 'AWS/Logs',
        metricName: 'IncomingBytes',
        dimensionsMap: { LogGroupName },
        statistic: Stats.SUM,
        period: FIVE_MINUTES,
        label,
      }),
  );
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
function capacityUnits(tables: DashboardParts['tables']): readonly IMetric[] {
  return namedTables(tables).flatMap(([label, TableName]) =>
    (['Read', 'Write'] as const).map(
      (kind) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: `Consumed${kind}CapacityUnits`,
          dimensionsMap: { TableName },
          statistic: Stats.SUM,
          period: FIVE_MINUTES,
          label: `${label}, ${kind.toLowerCase()}s`,
        }),
    ),
  );
}
