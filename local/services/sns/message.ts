import type { AlarmModel, MetricQueryModel, StackModel } from '../../assembly/model.ts';
import { isComposite, type Transition } from '../cloudwatch/transition.ts';

/**
 * The message that CloudWatch sends to a topic when an alarm changes, member for member.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmMessage(model: StackModel, transition: Transition): Readonly<Record<string, unknown>> {
  const { alarm, children = [] } = transition;
  const arnOf = (name: string) => `arn:aws:cloudwatch:${model.region}:${model.account}:alarm:${name}`;
  const common = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: model.account,
    NewStateValue: transition.to,
    NewStateReason: transition.reason,
    StateChangeTime: transition.at,
    Region: model.region,
    AlarmArn: arnOf(alarm.name),
    OldStateValue: transition.from,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
  };
  if (!isComposite(alarm)) return { ...common, Trigger: trigger(alarm) };
  const TriggeringChildren = children.map(({ name, state, changedAt }) => ({
    Arn: arnOf(name),
    State: { Value: state, Timestamp: changedAt },
  }));
  return { ...common, AlarmRule: alarm.rule, TriggeringChildren };
}

function trigger(alarm: AlarmModel): Readonly<Record<string, unknown>> {
  const common = {
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData,
  };
  const [only] = alarm.queries;
  if (alarm.queries.length !== 1 || only?.metric === undefined) {
    return { Period: alarm.periodSeconds, Metrics: alarm.queries.map(metricDataQuery), ...common };
  }
  return { ...metricMembers(only.metric), StatisticType: 'Statistic', Statistic: only.metric.statistic, ...common };
}

function metricDataQuery({ id, expression, metric, returnData }: MetricQueryModel): Readonly<Record<string, unknown>> {
  if (metric === undefined) return { Id: id, Expression: expression, ReturnData: returnData };
  const { Period, ...Metric } = metricMembers(metric);
  return { Id: id, MetricStat: { Metric, Period, Stat: metric.statistic }, ReturnData: returnData };
}

function metricMembers(metric: NonNullable<MetricQueryModel['metric']>) {
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    Dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ name, value })),
    Period: metric.periodSeconds,
  };
}
