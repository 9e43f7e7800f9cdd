import type { Duration } from 'aws-cdk-lib';
import { Color, type HorizontalAnnotation, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { atAllTimes } from '../../../../lambdas/shared/newestPeriods.ts';
import type { Severity } from '../../../../lambdas/shared/severity.ts';
import { type AlarmSpec, type CompositeSpec, type Condition, isComposite, kebabCase } from '../alarmSpec.ts';

/** The colour of a threshold says how urgent its alarm is. */
const COLORS: Readonly<Record<Severity, string>> = { page: Color.RED, ticket: Color.ORANGE, info: Color.GREY };

/** A label with more names covers the graph. */
const MOST_NAMES = 3;

type Spec = AlarmSpec | CompositeSpec;

/** What alarms watch, and where they fire: both from the alarms themselves. */
export interface AlarmLines {
  readonly lines: readonly IMetric[];
  readonly thresholds: readonly HorizontalAnnotation[];
}

/** The values of alarms, with their thresholds. Alarms that the API does not have are left out. */
export function alarmLines(specs: readonly Spec[], ids: readonly string[], label?: (spec: Spec) => string): AlarmLines {
  const found = specs.filter(({ id }) => ids.includes(id));
  const lines = found.flatMap((spec, i) => {
    const conditions: readonly Condition[] = isComposite(spec) ? spec.conditions : [spec];
    return conditions.map((condition, j) => {
      const name = label?.(spec) ?? kebabCase(spec.id);
      const text = conditions.length === 1 ? name : `${name}, ${windowOf(condition)}`;
      return labelled(condition.metric, text, `${i}_${j}`);
    });
  });
  return { lines, thresholds: thresholdsOf(found) };
}

/** The values of the conditions of composite alarms with the longest windows, one line for each alarm. */
export function longestWindows(
  specs: readonly CompositeSpec[],
  label: (spec: CompositeSpec) => string,
): readonly IMetric[] {
  return specs.flatMap((spec, i) => {
    const [longest] = spec.conditions;
    return longest === undefined ? [] : [labelled(longest.metric, label(spec), String(i))];
  });
}

/** A line for each threshold; alarms with the same one share it. */
export function thresholdsOf(specs: readonly Spec[]): readonly HorizontalAnnotation[] {
  const byValue = new Map<number, Spec[]>();
  for (const spec of specs) {
    const conditions: readonly Condition[] = isComposite(spec) ? spec.conditions : [spec];
    for (const { threshold } of conditions) {
      if (threshold === undefined) continue;
      const sharing = byValue.get(threshold) ?? [];
      if (!sharing.includes(spec)) byValue.set(threshold, [...sharing, spec]);
    }
  }
  return [...byValue].map(([value, sharing]) => {
    const names = [...new Set(sharing.map(nameOf))];
    const urgent = (['page', 'ticket', 'info'] as const).find((one) =>
      sharing.some(({ severity }) => severity === one),
    );
    const label = names.length > MOST_NAMES ? 'each of them' : names.join(', ');
    return { value, label: `${label}: ${value}`, color: COLORS[urgent ?? 'info'] };
  });
}

/** The name of an alarm; alarms that are several because of their many metrics have one. */
function nameOf({ id, family }: Spec): string {
  const isNumbered = family !== undefined && id.startsWith(family) && /^\d+$/.test(id.slice(family.length));
  return kebabCase(isNumbered ? family : id);
}

/** The same metric with a label; an expression gets ids that no other in the graph has, as CloudWatch requires. */
function labelled(metric: IMetric, label: string, suffix: string): IMetric {
  if (metric instanceof Metric) return metric.with({ label });
  if (!(metric instanceof MathExpression)) return metric;
  return new MathExpression({
    expression: renamed(atAllTimes(metric.expression), Object.keys(metric.usingMetrics), suffix),
    usingMetrics: Object.fromEntries(
      Object.entries(metric.usingMetrics).map(([id, used]) => [
        `${id}_${suffix}`,
        used instanceof MathExpression ? labelled(used, used.label ?? id, `${suffix}_${id}`) : used,
      ]),
    ),
    period: metric.period,
    label,
  });
}

function renamed(expression: string, ids: readonly string[], suffix: string): string {
  return ids.reduce(
    (text, id) => text.replaceAll(new RegExp(`(?<!['"\\w])${id}(?![\\w'"])`, 'g'), `${id}_${suffix}`),
    expression,
  );
}

function windowOf({ metric }: Condition): string {
  const { period } = metric as { period?: Duration };
  return period === undefined ? '' : (period.toHumanString() ?? '');
}
