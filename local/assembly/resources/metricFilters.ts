import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { MetricFilterModel } from '../metricFilterModel.ts';
import type { StackTemplate } from '../stackTemplate.ts';
import { list, number, pairs, record, string } from '../values.ts';

/** Every metric filter of a stack. */
export function readMetricFilters(stack: StackTemplate, report: ReportGap): MetricFilterModel[] {
  return stack.ofType('AWS::Logs::MetricFilter').map((resource) => {
    const { properties } = resource;
    reportUnreadProperties(
      resource,
      report,
      ['FilterPattern', 'LogGroupName', 'MetricTransformations'],
      ['FilterName'],
    );
    return {
      logGroup: string(properties['LogGroupName']) ?? '',
      pattern: string(properties['FilterPattern']) ?? '',
      transformations: list(properties['MetricTransformations']).map(record).map(readTransformation),
    };
  });
}

function readTransformation(value: Readonly<Record<string, unknown>>): MetricFilterModel['transformations'][number] {
  const defaultValue = number(value['DefaultValue']);
  return {
    namespace: string(value['MetricNamespace']) ?? '',
    name: string(value['MetricName']) ?? '',
    value: string(value['MetricValue']) ?? '1',
    ...(defaultValue === undefined ? {} : { defaultValue }),
    dimensions: pairs(value['Dimensions'], 'Key', 'Value'),
  };
}
