import { descriptionParts } from '../../../lambdas/notifier/description.ts';
import { atAllTimes } from '../../../lambdas/shared/newestPeriods.ts';
import { type Severity, severityOfTopics } from '../../../lambdas/shared/severity.ts';
import { alarmNameOf } from '../alarmName.ts';
import type { CompositeAlarm, MetricAlarm, MonitoredStack } from '../localMonitoring.ts';
import type { LocalPackage } from '../localPackage.ts';
import { type AlarmRuleNode, parseRule } from './alarmRule.ts';

/** An alarm that notifies, with what people read about it. */
export interface ExportedAlarm {
  readonly name: string;
  /** Name of the API in AWS. @default - the alarm is not one of `SecureApi` */
  readonly api?: string;
  readonly region: string;
  readonly severity: Severity;
  /** The first sentences of the description. */
  readonly summary: string;
  readonly description: string;
  readonly runbook?: string;
  readonly dashboard?: string;
  readonly owner?: string;
  readonly condition: AlarmCondition;
  /** Names of the alarms that name the cause: this one is silent while one of them fires. */
  readonly causes: readonly string[];
}

export type AlarmCondition =
  | { readonly kind: 'metric'; readonly alarm: MetricAlarm }
  | { readonly kind: 'rule'; readonly rule: AlarmRuleNode; readonly alarms: ReadonlyMap<string, MetricAlarm> };

/** What a template has to watch its stack. */
export interface ExportSource {
  readonly alarms: readonly ExportedAlarm[];
  readonly dashboards: readonly { readonly name: string; readonly region: string; readonly body: DashboardBody }[];
}

export interface DashboardBody {
  readonly widgets?: readonly Widget[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface Widget {
  readonly type: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Sorts what stacks have into what is exported: alarms with actions; those without are conditions of others. */
export function sourceOf(stacks: readonly MonitoredStack[]): ExportSource {
  const apis = stacks.flatMap((stack) => stack.apis);
  return {
    alarms: stacks.flatMap((stack) => alarmsOf(stack, apis)),
    dashboards: stacks.flatMap(({ region, dashboards }) =>
      dashboards.map(({ name, body }) => ({ name, region, body: JSON.parse(body) as DashboardBody })),
    ),
  };
}

function alarmsOf(stack: MonitoredStack, apis: readonly string[]): readonly ExportedAlarm[] {
  const alarms = stack.alarms.map(ofNewestPeriods);
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  const composites = new Map(stack.compositeAlarms.map((alarm) => [alarm.name, alarm]));
  const metric = alarms.map((alarm) => ({
    ...textOf(alarm, stack, apis),
    condition: { kind: 'metric', alarm } as const,
    causes: [],
    actions: alarm.alarmActions,
  }));
  const ruled = stack.compositeAlarms.map((alarm) => ({
    ...textOf(alarm, stack, apis),
    condition: { kind: 'rule', rule: parseRule(alarm.rule), alarms: byName } as const,
    causes: causesOf(alarm, composites),
    actions: alarm.alarmActions,
  }));
  return [...ruled, ...metric].filter(({ actions }) => actions.length > 0).map(({ actions, ...alarm }) => alarm);
}

/** Other systems never look further back than the newest periods. */
function ofNewestPeriods(alarm: MetricAlarm): MetricAlarm {
  const queries = alarm.queries.map(({ expression, ...query }) =>
    expression === undefined ? query : { ...query, expression: atAllTimes(expression) },
  );
  return { ...alarm, queries };
}

/** The alarms in the rule of the suppressor, or the suppressor itself. */
function causesOf({ suppressor }: CompositeAlarm, all: ReadonlyMap<string, CompositeAlarm>): readonly string[] {
  if (suppressor === undefined) return [];
  const name = alarmNameOf(suppressor.alarm);
  const rule = all.get(name)?.rule;
  return rule === undefined ? [name] : namesIn(parseRule(rule));
}

/** Names of the alarms in a rule. */
export function namesIn(rule: AlarmRuleNode): readonly string[] {
  if (rule.kind === 'alarm') return [rule.name];
  if (rule.kind === 'not') return namesIn(rule.operand);
  return rule.kind === 'constant' ? [] : [rule.left, rule.right].flatMap(namesIn);
}

function textOf(
  { name, description = '', alarmActions }: MetricAlarm | CompositeAlarm,
  { region, topics }: MonitoredStack,
  apis: readonly string[],
) {
  const [summary] = description.split('\n');
  // The longest: the name of one API can begin with that of another.
  const [api] = apis.filter((one) => name.startsWith(`${one}-`)).toSorted((one, other) => other.length - one.length);
  const { runbook, dashboard, owner } = descriptionParts(description);
  return {
    name,
    ...(api && { api }),
    region,
    severity: severityOfTopics(alarmActions.map((arn) => topics[arn] ?? arn)),
    summary: summary || name,
    description,
    ...(runbook && { runbook }),
    ...(dashboard && { dashboard }),
    ...(owner && { owner }),
  };
}

/** What renderers use of `secure-api-local`. */
export type MathTools = Pick<LocalPackage, 'parseMath' | 'exporterName' | 'exporterLabel'>;
