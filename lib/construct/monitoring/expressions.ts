import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { inNewestPeriods } from '../../../lambdas/shared/newestPeriods.ts';

/**
 * Expressions of alarms. A period without data is filled with 0 where nothing happened, because a missing one would make CloudWatch look
 * further back, and an alarm would fire again for what it has already reported (ADR 49).
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** An alarm's expression takes ten metrics: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
export const METRICS_PER_ALARM = 10;

interface Parts {
  readonly metrics: Readonly<Record<string, IMetric>>;
  readonly period: Duration;
  /** What the value is, in the graph of the alarm. */
  readonly label: string;
}

export function expression(text: string, { metrics, period, label }: Parts): MathExpression {
  return new MathExpression({ expression: text, usingMetrics: { ...metrics }, period, label });
}

/** A count that is 0 where nothing was counted. */
export function filled(id: string): string {
  return `FILL(${id}, 0)`;
}

interface Newest {
  /** Id of a metric; its values do not matter. */
  readonly clock: string;
  readonly period: Duration;
  /** How many periods the alarm looks at. @default - 1 */
  readonly of?: number;
}

/**
 * A value that the newest periods alone have. An alarm that keeps its state without data must not find older data: CloudWatch looks a few
 * periods further back where the newest have none, into windows that hold the end of an outage together with the first success after it, and
 * would fire again when traffic stops.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function newest(value: string, { clock, period, of = 1 }: Newest): string {
  return inNewestPeriods(value, filled(clock), (of - 1) * period.toSeconds());
}

/** The value of the top contributor of a Contributor Insights rule. */
export function topContributor(ruleName: string, period: Duration): MathExpression {
  return new MathExpression({
    expression: `INSIGHT_RULE_METRIC('${ruleName}', 'MaxContributorValue')`,
    period,
    label: ruleName,
  });
}

/** Lists of at most so many items. */
export function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** The id of the nth alarm of a kind: `FunctionErrors`, `FunctionErrors2`. */
export function numbered(id: string, index: number): string {
  return index === 0 ? id : `${id}${index + 1}`;
}
