import { isRecord } from '../shared/json.ts';

/** The state of an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The conditions of an alarm on a metric. */
export interface AlarmCondition {
  /** Seconds. */
  readonly period: number;
  /** Such as `GreaterThanThreshold`. */
  readonly comparison: string;
  /** Missing for an anomaly band. */
  readonly threshold?: number;
  /** Name of the metric, or label of the expression. */
  readonly metric: string;
  /** How many periods are looked at. */
  readonly periods: number;
}

/** A change of an alarm's state, as CloudWatch reports it to a topic. */
export interface AlarmChange {
  readonly name: string;
  readonly description: string;
  readonly state: AlarmState;
  readonly before: AlarmState;
  /** In CloudWatch's words. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of the alarm: that of a distribution is in us-east-1. */
  readonly region?: string;
  /** Missing for a composite alarm. */
  readonly condition?: AlarmCondition;
  /** Names of the alarms that made a composite alarm change. */
  readonly children: readonly string[];
  /** Whether nobody has to hear of it: an alarm without data became OK with its first data, and its missing data had notified nobody. */
  readonly isQuiet: boolean;
}

const STATES: readonly string[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];
const DEFAULT_PERIOD = 60;

/**
 * Reads the message of an alarm; undefined for any other message, such as the text of an EventBridge rule. Members that are missing
 * do not matter: a message that says less is better than none.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmChangeOf(message: string, now: number): AlarmChange | undefined {
  const json = parsed(message);
  const name = text(json['AlarmName']);
  const state = text(json['NewStateValue']);
  if (name === '' || !isState(state)) return undefined;
  const before = text(json['OldStateValue']);
  const region = /^arn:[\w-]+:cloudwatch:([a-z\d-]+):/.exec(text(json['AlarmArn']))?.[1];
  const noticedMissing = Array.isArray(json['InsufficientDataActions']) && json['InsufficientDataActions'].length > 0;
  const condition = isRecord(json['Trigger']) ? conditionOf(json['Trigger']) : undefined;
  return {
    name,
    state,
    before: isState(before) ? before : 'INSUFFICIENT_DATA',
    description: text(json['AlarmDescription']),
    reason: text(json['NewStateReason']),
    at: timeOf(text(json['StateChangeTime'])) ?? now,
    ...(condition && { condition }),
    ...(region === undefined ? {} : { region }),
    isQuiet: state === 'OK' && before === 'INSUFFICIENT_DATA' && !noticedMissing,
    children: list(json['TriggeringChildren']).flatMap((child) => text(child['Arn']).split(':alarm:')[1] ?? []),
  };
}

type Members = Readonly<Record<string, unknown>>;

/** The condition of an alarm on a metric, by the names that its message and its description in the API share. */
export function conditionOf(trigger: Members): AlarmCondition {
  const queries = list(trigger['Metrics']);
  const returned = queries.find(
    (query) => query['ReturnData'] === true && query['Id'] !== trigger['ThresholdMetricId'],
  );
  const periods = queries.flatMap(({ MetricStat }) => number(isRecord(MetricStat) ? MetricStat['Period'] : undefined));
  const own = [trigger['Period'], ...queries.map((query) => query['Period'])].flatMap(number);
  const threshold = trigger['ThresholdMetricId'] === undefined ? number(trigger['Threshold']) : [];
  return {
    period: Math.max(0, ...periods, ...own) || DEFAULT_PERIOD,
    comparison: text(trigger['ComparisonOperator']),
    ...(threshold[0] === undefined ? {} : { threshold: threshold[0] }),
    metric: text(trigger['MetricName']) || text(returned?.['Label']) || metricOf(returned),
    periods: number(trigger['EvaluationPeriods'])[0] ?? 1,
  };
}

function metricOf(query: Members | undefined): string {
  const stat = query?.['MetricStat'];
  const metric = isRecord(stat) ? stat['Metric'] : undefined;
  return isRecord(metric) ? text(metric['MetricName']) : '';
}

/** `2026-11-29T10:05:00.000+0000` is how CloudWatch writes a time. */
function timeOf(time: string): number | undefined {
  const at = Date.parse(time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : at;
}

function parsed(message: string): Members {
  try {
    const json: unknown = JSON.parse(message);
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}

function isState(value: string): value is AlarmState {
  return STATES.includes(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): readonly number[] {
  return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
}

function list(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
