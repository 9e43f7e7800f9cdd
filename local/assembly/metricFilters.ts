import type { MetricFilterModel } from './model.ts';
import { type Note, noteUnread } from './notices.ts';
import type { Scope } from './scope.ts';
import { list, number, pairs, record, text } from './values.ts';

/** Every metric filter of a stack. */
export function readMetricFilters(scope: Scope, note: Note): MetricFilterModel[] {
  return scope.ofType('AWS::Logs::MetricFilter').map((resource) => {
    const { properties } = resource;
    noteUnread(resource, note, ['FilterPattern', 'LogGroupName', 'MetricTransformations'], ['FilterName']);
    return {
      logGroup: text(properties['LogGroupName']) ?? '',
      pattern: text(properties['FilterPattern']) ?? '',
      transformations: list(properties['MetricTransformations']).map(record).map(readTransformation),
    };
  });
}

function readTransformation(value: Readonly<Record<string, unknown>>): MetricFilterModel['transformations'][number] {
  const defaultValue = number(value['DefaultValue']);
  return {
    namespace: text(value['MetricNamespace']) ?? '',
    name: text(value['MetricName']) ?? '',
    value: text(value['MetricValue']) ?? '1',
    ...(defaultValue === undefined ? {} : { defaultValue }),
    dimensions: pairs(value['Dimensions'], 'Key', 'Value'),
  };
}
