import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { AlarmModel, MetricQueryModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { isRecord, type Json, list, number, pairs, record, string, strings } from '../values.ts';

const DEFAULT_PERIOD_SECONDS = 60;

const EMULATED = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluationPeriods',
  'ExtendedStatistic',
  'InsufficientDataActions',
  'MetricName',
  'Metrics',
  'Namespace',
  'OKActions',
  'Period',
  'Statistic',
  'Threshold',
  'ThresholdMetricId',
  'TreatMissingData',
];

/** What an anomaly detector is of. Bands are computed for the alarms that have them. */
const DETECTED = [
  'Dimensions',
  'MetricMathAnomalyDetector',
  'MetricName',
  'Namespace',
  'SingleMetricAnomalyDetector',
  'Stat',
];

/** Every metric alarm of a stack. Settings of anomaly detectors are reported, because bands do not depend on them here. */
export function readAlarms(stack: StackTemplate, report: ReportGap): AlarmModel[] {
  for (const resource of stack.ofType('AWS::CloudWatch::AnomalyDetector'))
    reportUnreadProperties(resource, report, [], DETECTED);
  return stack.ofType('AWS::CloudWatch::Alarm').map((resource) => {
    reportUnreadProperties(resource, report, EMULATED, ['Unit']);
    return readAlarm(resource);
  });
}

function readAlarm(resource: Resource): AlarmModel {
  const { properties } = resource;
  const queries =
    properties['Metrics'] === undefined ? [plainQuery(properties)] : list(properties['Metrics']).map(readMetricQuery);
  const periods = queries.map((query) => query.metric?.periodSeconds ?? 0);
  const own = list(properties['Metrics']).map((query) => number(record(query)['Period']) ?? 0);
  const evaluationPeriods = number(properties['EvaluationPeriods']) ?? 1;
  const description = string(properties['AlarmDescription']);
  const thresholdMetricId = string(properties['ThresholdMetricId']);
  const acts = properties['ActionsEnabled'] !== false && properties['ActionsEnabled'] !== 'false';
  return {
    name: resource.ref,
    ...(description === undefined ? {} : { description }),
    queries,
    periodSeconds: Math.max(...periods, ...own) || DEFAULT_PERIOD_SECONDS,
    evaluationPeriods,
    datapointsToAlarm: number(properties['DatapointsToAlarm']) ?? evaluationPeriods,
    threshold: number(properties['Threshold']) ?? 0,
    ...(thresholdMetricId === undefined ? {} : { thresholdMetricId }),
    comparison: string(properties['ComparisonOperator']) ?? '',
    treatMissingData: missingData(properties['TreatMissingData']),
    alarmActions: acts ? strings(properties['AlarmActions']) : [],
    okActions: acts ? strings(properties['OKActions']) : [],
    insufficientDataActions: acts ? strings(properties['InsufficientDataActions']) : [],
  };
}

function plainQuery(properties: Json): MetricQueryModel {
  const metric = {
    Namespace: properties['Namespace'],
    MetricName: properties['MetricName'],
    Dimensions: properties['Dimensions'],
  };
  const statistic = properties['Statistic'] ?? properties['ExtendedStatistic'];
  return { id: 'm1', metric: readMetric(metric, statistic, properties['Period']), returnData: true };
}

/** A metric data query: a metric with a statistic, or an expression. `ReturnData` is true unless it is set. */
export function readMetricQuery(value: unknown): MetricQueryModel {
  const { Id, Expression, MetricStat, ReturnData } = record(value);
  const expression = string(Expression);
  const stat = record(MetricStat);
  return {
    id: string(Id) ?? '',
    ...(expression === undefined ? {} : { expression }),
    ...(isRecord(MetricStat) ? { metric: readMetric(record(stat['Metric']), stat['Stat'], stat['Period']) } : {}),
    returnData: ReturnData !== false && ReturnData !== 'false',
  };
}

function readMetric(metric: Json, statistic: unknown, period: unknown): NonNullable<MetricQueryModel['metric']> {
  return {
    namespace: string(metric['Namespace']) ?? '',
    name: string(metric['MetricName']) ?? '',
    dimensions: pairs(metric['Dimensions'], 'Name', 'Value'),
    statistic: string(statistic) ?? 'Average',
    periodSeconds: number(period) ?? DEFAULT_PERIOD_SECONDS,
  };
}

function missingData(value: unknown): AlarmModel['treatMissingData'] {
  return value === 'notBreaching' || value === 'breaching' || value === 'ignore' ? value : 'missing';
}
