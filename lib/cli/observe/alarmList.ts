import type { AlarmHistoryItem, CloudWatchClient, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type AlarmState, conditionOf } from '../../../lambdas/notifier/alarmChange.ts';
import { type TopContributors, topContributors } from '../../../lambdas/notifier/contributors.ts';
import { descriptionParts } from '../../../lambdas/notifier/description.ts';
import { measured } from '../../../lambdas/notifier/measured.ts';
import { SEVERITIES, type Severity, severityOfTopics } from '../../../lambdas/shared/severity.ts';
import { loadSdk, type Sdk } from '../../aws/sdk.ts';
import { alarmNameOf } from '../alarmName.ts';
import type { Source } from './source.ts';

/** An alarm that notifies people. */
export interface ObservedAlarm {
  /** Without the name of the API, such as `failed-logins`. */
  readonly alarm: string;
  readonly name: string;
  readonly state: AlarmState;
  /** ISO 8601. */
  readonly since?: string;
  readonly severity: Severity;
  readonly meaning: string;
  /** What to do first. */
  readonly first: string;
  /** Value and threshold in words, as of the change of the state. */
  readonly measured?: string;
  /** Who contributes most, since it fires. */
  readonly contributors?: readonly TopContributors[];
  readonly runbook?: string;
  readonly dashboard?: string;
  readonly owner?: string;
}

/** A change of the state of an alarm. */
export interface AlarmEvent {
  /** ISO 8601. */
  readonly time: string;
  readonly alarm: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** The CloudWatch of an API, with what the SDK needs. */
export interface CloudWatch {
  readonly sdk: Sdk['cloudWatch'];
  readonly client: CloudWatchClient;
  readonly source: Source;
}

/** Gives the CloudWatch of an API to `use`, and closes it and its source afterwards, also when that fails. */
export async function withCloudWatch<T>(source: Source, use: (cloudWatch: CloudWatch) => Promise<T>): Promise<T> {
  try {
    const { cloudWatch: sdk } = await loadSdk('cloudWatch');
    const client = new sdk.CloudWatchClient(source.settings('CLOUDWATCH'));
    try {
      return await use({ sdk, source, client });
    } finally {
      client.destroy();
    }
  } finally {
    await source.close();
  }
}

type AnyAlarm = MetricAlarm | CompositeAlarm;

/** Without the definition, a denied request has the reasons that its caller has on any route. */
const NO_ROUTES = { roles: {}, routes: [] };
/** A condition of a composite alarm, or a suppressor, notifies nobody. */
export const isNotifying = ({ AlarmActions = [] }: AnyAlarm) => AlarmActions.length > 0;

/** The alarms of an API that notify people: those that fire first, the most urgent before the others. */
export async function observedAlarms(cloudWatch: CloudWatch): Promise<readonly ObservedAlarm[]> {
  const all = await describedAlarms(cloudWatch);
  const observed = await Promise.all(all.filter(isNotifying).map((alarm) => observedOf(alarm, all, cloudWatch)));
  return observed.toSorted((one, other) => orderOf(one) - orderOf(other) || (one.alarm < other.alarm ? -1 : 1));
}

function orderOf({ state, severity }: ObservedAlarm): number {
  return ['ALARM', 'INSUFFICIENT_DATA', 'OK'].indexOf(state) * 10 + SEVERITIES.indexOf(severity);
}

/** All alarms of an API, also those that notify nobody. */
export async function describedAlarms({ sdk, client, source }: CloudWatch): Promise<readonly AnyAlarm[]> {
  const input = {
    AlarmNamePrefix: `${source.name}-`,
    AlarmTypes: [sdk.AlarmType.MetricAlarm, sdk.AlarmType.CompositeAlarm],
  };
  const found: AnyAlarm[] = [];
  for await (const page of sdk.paginateDescribeAlarms({ client }, input))
    found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
  return found.filter(({ AlarmName = '' }) => source.alarms?.has(AlarmName) ?? true);
}

async function observedOf(alarm: AnyAlarm, all: readonly AnyAlarm[], cloudWatch: CloudWatch): Promise<ObservedAlarm> {
  const { AlarmName: name = '', AlarmDescription = '', StateValue: state = 'INSUFFICIENT_DATA' } = alarm;
  const {
    meaning,
    first,
    measure,
    contributors: rules,
    runbook,
    dashboard,
    owner,
  } = descriptionParts(AlarmDescription);
  const changed = alarm.StateUpdatedTimestamp;
  const conditions = conditionsOf(alarm, all).filter(({ StateValue }) => StateValue === state);
  const values = conditions.map((one) =>
    measured({ state, reason: one.StateReason ?? '', condition: conditionOf({ ...one }) }, measure),
  );
  const [value] = values.flatMap((one) => one ?? []);
  const from = Math.min(changed?.getTime() ?? cloudWatch.source.now(), value?.since ?? Number.POSITIVE_INFINITY);
  const contributors = state === 'ALARM' ? await contributorsOf(rules, from, cloudWatch) : [];
  return {
    alarm: name.slice(cloudWatch.source.name.length + 1),
    name,
    state,
    ...(changed === undefined ? {} : { since: changed.toISOString() }),
    severity: severityOfTopics(alarm.AlarmActions ?? []),
    meaning,
    first,
    ...(value === undefined ? {} : { measured: value.words }),
    ...(contributors.length === 0 ? {} : { contributors }),
    ...(runbook === undefined ? {} : { runbook }),
    ...(dashboard === undefined ? {} : { dashboard }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** A composite alarm has no number: those that its rule names have. */
function conditionsOf(alarm: AnyAlarm, all: readonly AnyAlarm[]): readonly MetricAlarm[] {
  if (!('AlarmRule' in alarm) || alarm.AlarmRule === undefined) return [alarm];
  const names = [...alarm.AlarmRule.matchAll(/ALARM\("?([^")]+)"?\)/g)].map(([, name = '']) => alarmNameOf(name));
  return all.filter((one) => !('AlarmRule' in one) && names.includes(one.AlarmName ?? ''));
}

/** A rule that cannot be read says nothing; the alarm is shown without it. */
async function contributorsOf(
  rules: readonly string[],
  from: number,
  { sdk, client, source }: CloudWatch,
): Promise<readonly TopContributors[]> {
  const report = async (_: string, { StartTime, EndTime, ...input }: Readonly<Record<string, unknown>>) => {
    const range = { StartTime: new Date(Number(StartTime) * 1000), EndTime: new Date(Number(EndTime) * 1000) };
    const result = await client.send(new sdk.GetInsightRuleReportCommand({ ...input, ...range } as never));
    return { KeyLabels: result.KeyLabels ?? [], Contributors: result.Contributors ?? [] };
  };
  const own = rules.filter((rule) => rule.startsWith(`${source.name}-`));
  const { name, access = NO_ROUTES } = source;
  const asked = await Promise.allSettled(
    own.map((rule) => topContributors(report, { name, rule, from, to: source.now(), access })),
  );
  return asked.flatMap((one) => (one.status === 'fulfilled' && one.value.rows.length > 0 ? [one.value] : []));
}

/**
 * Changes of alarms since a time, the newest first.
 *
 * @param name of one alarm. @default - all that notify people
 */
export async function alarmHistory(
  { sdk, client, source }: CloudWatch,
  since: number,
  name?: string,
): Promise<readonly AlarmEvent[]> {
  const prefix = `${source.name}-`;
  const input = {
    AlarmTypes: [sdk.AlarmType.MetricAlarm, sdk.AlarmType.CompositeAlarm],
    HistoryItemType: sdk.HistoryItemType.StateUpdate,
    StartDate: new Date(since),
    ScanBy: sdk.ScanBy.TIMESTAMP_DESCENDING,
    ...(name === undefined ? {} : { AlarmName: name }),
  };
  const all = name === undefined ? (await describedAlarms({ sdk, client, source })).filter(isNotifying) : [];
  const notifying = new Set(name === undefined ? all.map((one) => one.AlarmName) : [name]);
  const events: AlarmEvent[] = [];
  for await (const { AlarmHistoryItems = [] } of sdk.paginateDescribeAlarmHistory({ client }, input)) {
    events.push(
      ...AlarmHistoryItems.filter(({ AlarmName }) => notifying.has(AlarmName)).map((item) => eventOf(item, prefix)),
    );
  }
  return events;
}

function eventOf({ AlarmName = '', Timestamp, HistoryData = '{}' }: AlarmHistoryItem, prefix: string): AlarmEvent {
  const data = JSON.parse(HistoryData) as Readonly<
    Record<string, { readonly stateValue?: string; readonly stateReason?: string }>
  >;
  const { oldState, newState } = data;
  return {
    time: Timestamp?.toISOString() ?? '',
    alarm: AlarmName.slice(prefix.length),
    from: oldState?.stateValue ?? '',
    to: newState?.stateValue ?? '',
    reason: newState?.stateReason ?? '',
  };
}
