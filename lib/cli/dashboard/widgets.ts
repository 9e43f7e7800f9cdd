import { isRecord } from '../../../lambdas/shared/json.ts';
import { alarmNameOf } from '../alarmName.ts';

/** A horizontal line in a graph, such as the threshold of an alarm. */
export interface Threshold {
  readonly value: number;
  readonly label: string;
  readonly color?: string;
}

/** A metric or an expression, as GetMetricData takes it. */
export interface Query {
  readonly id: string;
  readonly label: string;
  /** Whether it is drawn, not only used by an expression. */
  readonly isDrawn: boolean;
  readonly period: number;
  readonly expression?: string;
  readonly metric?: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: readonly (readonly [name: string, value: string])[];
    readonly statistic: string;
  };
}

interface Placed {
  readonly title: string;
  /** Columns of 24, and the row at which it begins. */
  readonly width: number;
  readonly x: number;
  readonly y: number;
}

/** A widget of a dashboard, as far as the page draws it. */
export type Widget = Placed &
  (
    | { readonly kind: 'text'; readonly markdown: string }
    | { readonly kind: 'alarms'; readonly alarms: readonly string[] }
    | { readonly kind: 'contributors'; readonly rule: string; readonly count: number }
    | {
        readonly kind: 'graph' | 'number';
        readonly queries: readonly Query[];
        readonly thresholds: readonly Threshold[];
        readonly isStacked: boolean;
        readonly unit: string;
      }
    | { readonly kind: 'other'; readonly type: string }
  );

type Json = Readonly<Record<string, unknown>>;

const DEFAULT_PERIOD = 300;

/**
 * The widgets of a dashboard in reading order.
 *
 * @param body JSON as GetDashboard returns it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function widgetsOf(body: string): readonly Widget[] {
  return listOf(recordOf(JSON.parse(body))['widgets'])
    .map((one) => widgetOf(recordOf(one)))
    .toSorted((one, other) => one.y - other.y || one.x - other.x);
}

function widgetOf({ type, x, y, width, properties }: Json): Widget {
  const own = recordOf(properties);
  const placed = { title: textOf(own['title']), width: Number(width ?? 6), x: Number(x ?? 0), y: Number(y ?? 0) };
  const { ruleName, maxContributorCount } = recordOf(own['insightRule']);
  if (type === 'text') return { ...placed, kind: 'text', markdown: textOf(own['markdown']) };
  if (type === 'alarm')
    return { ...placed, kind: 'alarms', alarms: listOf(own['alarms']).map((arn) => alarmNameOf(textOf(arn))) };
  if (type === 'metric' && typeof ruleName === 'string')
    return { ...placed, kind: 'contributors', rule: ruleName, count: Number(maxContributorCount ?? 10) };
  if (type !== 'metric') return { ...placed, kind: 'other', type: textOf(type) };
  return {
    ...placed,
    kind: own['view'] === 'singleValue' ? 'number' : 'graph',
    queries: queriesOf(listOf(own['metrics']), own),
    thresholds: listOf(recordOf(own['annotations'])['horizontal']).flatMap(thresholdOf),
    isStacked: own['stacked'] === true,
    unit: textOf(recordOf(recordOf(own['yAxis'])['left'])['label']),
  };
}

function thresholdOf(entry: unknown): readonly Threshold[] {
  const { value, label, color } = recordOf(entry);
  if (typeof value !== 'number') return [];
  return [{ value, label: textOf(label), ...(typeof color === 'string' ? { color } : {}) }];
}

/** Each metric is an array: namespace, name, dimensions, options; an expression is an object alone. `.` repeats the value above. */
function queriesOf(metrics: readonly unknown[], { period, stat }: Json): readonly Query[] {
  let above: readonly string[] = [];
  return metrics.map((entry, index) => {
    const parts = listOf(entry);
    const last = parts.at(-1);
    const options = isRecord(last) ? last : {};
    const given = parts
      .filter((part) => typeof part === 'string')
      .map((part, i) => (part === '.' ? (above[i] ?? '') : part));
    above = given;
    const shared = {
      id: textOf(options['id']) || `drawn${index}`,
      label: textOf(options['label']),
      isDrawn: options['visible'] !== false,
      period: Number(options['period'] ?? period ?? DEFAULT_PERIOD),
    };
    if (typeof options['expression'] === 'string') return { ...shared, expression: options['expression'] };
    const [namespace = '', name = '', ...pairs] = given;
    const dimensions = pairs.flatMap((key, i) => (i % 2 === 0 ? [[key, pairs[i + 1] ?? ''] as const] : []));
    const statistic = textOf(options['stat'] ?? stat) || 'Average';
    return { ...shared, label: shared.label || name, metric: { namespace, name, dimensions, statistic } };
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}
