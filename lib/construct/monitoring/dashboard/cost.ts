import { type IMetric, type IWidget, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { FIVE_MINUTES } from '../metrics.ts';
import { namedFunctions, namedTables } from './dependencies.ts';
import type { DashboardParts } from './parts.ts';
import { graph, rows, titleOf } from './widgets.ts';

const BYTES_PER_MB = 1_000_000;
const MB_PER_GB = 1_024;
const MS_PER_SECOND = 1_000;

/** What AWS charges for, in the units of its price lists: docs/limits.md has the prices. */
export function costSection(parts: DashboardParts): readonly IWidget[] {
  const { stage, tables } = parts;
  const requests = stage.metricCount({ statistic: Stats.SUM, period: FIVE_MINUTES, label: 'API Gateway and WAF' });
  const [seconds, bytes, capacity] = [gigabyteSeconds(parts), megabytes(parts), capacityUnits(tables)];
  return rows(
    [
      graph({ title: 'Requests', lines: [requests] }),
      graph({
        title: titleOf('Lambda, GB-seconds by function', seconds),
        lines: seconds,
        stacked: true,
      }),
      graph({ title: titleOf('Ingested logs, MB', bytes), lines: bytes }),
      ...(capacity.length === 0
        ? []
        : [graph({ title: titleOf('Read and write units of tables', capacity), lines: capacity })]),
    ],
    2,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: the default has 128 MB. */
function gigabyteSeconds(parts: DashboardParts): readonly IMetric[] {
  return namedFunctions(parts).map(([label, fn], i) => {
    const memory = (fn.node.defaultChild as { memorySize?: number } | undefined)?.memorySize ?? 128;
    return new MathExpression({
      expression: `duration${i} * ${memory} / ${MB_PER_GB} / ${MS_PER_SECOND}`,
      usingMetrics: { [`duration${i}`]: fn.metricDuration({ statistic: Stats.SUM, period: FIVE_MINUTES }) },
      label,
      period: FIVE_MINUTES,
    });
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html */
function megabytes(parts: DashboardParts): readonly IMetric[] {
  const logs: readonly (readonly [string, string])[] = [
    ['access log', parts.accessLog.logGroupName],
    ...namedFunctions(parts).map(([name, fn]) => [name, (fn.logGroup as LogGroup).logGroupName] as const),
  ];
  return logs.map(([label, LogGroupName], i) => {
    const bytes = new Metric({
      namespace: 'AWS/Logs',
      metricName: 'IncomingBytes',
      dimensionsMap: { LogGroupName },
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
    });
    const usingMetrics = { [`bytes${i}`]: bytes };
    return new MathExpression({ expression: `bytes${i} / ${BYTES_PER_MB}`, usingMetrics, label, period: FIVE_MINUTES });
  });
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
