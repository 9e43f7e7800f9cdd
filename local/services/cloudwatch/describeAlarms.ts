import type { CompositeAlarmModel } from '../../assembly/compositeModel.ts';
import type { AlarmModel, StackModel } from '../../assembly/model.ts';
import { type Json, string, strings } from '../../assembly/values.ts';
import type { AlarmState } from '../../contracts.ts';
import { isComposite } from './transition.ts';

/** The alarms of a stack with their states, as DescribeAlarms returns them, filtered by names, a prefix or a state. */
export function describeAlarms(model: StackModel, states: readonly AlarmState[], input: Json): Json {
  const names = strings(input['AlarmNames']);
  const prefix = string(input['AlarmNamePrefix']) ?? '';
  const wanted = string(input['StateValue']);
  const stateOf = new Map(states.map((state) => [state.name, state]));
  const described = (alarms: readonly (AlarmModel | CompositeAlarmModel)[]) =>
    alarms
      .filter(({ name }) => (names.length === 0 || names.includes(name)) && name.startsWith(prefix))
      .filter(({ name }) => wanted === undefined || stateOf.get(name)?.state === wanted)
      .map((alarm) => describe(alarm, stateOf.get(alarm.name), model));
  return { MetricAlarms: described(model.alarms), CompositeAlarms: described(model.compositeAlarms) };
}

function describe(
  alarm: AlarmModel | CompositeAlarmModel,
  state: AlarmState | undefined,
  { region, account }: StackModel,
): Json {
  return {
    AlarmName: alarm.name,
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${alarm.name}`,
    ...(alarm.description !== undefined && { AlarmDescription: alarm.description }),
    ActionsEnabled: true,
    AlarmActions: alarm.alarmActions,
    OKActions: alarm.okActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ...(state && {
      StateValue: state.state,
      StateReason: state.reason,
      StateUpdatedTimestamp: Date.parse(state.changedAt) / 1000,
    }),
    ...(isComposite(alarm) ? { AlarmRule: alarm.rule } : metricMembers(alarm)),
  };
}

function metricMembers(alarm: AlarmModel): Json {
  return {
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
    ...(alarm.thresholdMetricId === undefined
      ? { Threshold: alarm.threshold }
      : { ThresholdMetricId: alarm.thresholdMetricId }),
    Period: alarm.periodSeconds,
    Metrics: alarm.queries.map(({ id, expression, metric, returnData }) => ({
      Id: id,
      ReturnData: returnData,
      ...(expression !== undefined && { Expression: expression }),
      ...(metric && {
        MetricStat: {
          Metric: {
            Namespace: metric.namespace,
            MetricName: metric.name,
            Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: metric.periodSeconds,
          Stat: metric.statistic,
        },
      }),
    })),
  };
}
