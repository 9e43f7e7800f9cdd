import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { EventRuleModel, EventTargetModel } from '../eventRuleModel.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { isRecord, type Json, list, record, string, stringRecord } from '../values.ts';

const EMULATED = ['EventPattern', 'Name', 'State', 'Targets'];

/** Every EventBridge rule of a stack with a pattern and a topic as target. Schedules and other targets are reported. */
export function readEventRules(stack: StackTemplate, report: ReportGap): EventRuleModel[] {
  return stack.ofType('AWS::Events::Rule').flatMap((resource) => {
    const { properties } = resource;
    if (!isRecord(properties['EventPattern'])) {
      report(resource, 'schedules do not run');
      return [];
    }
    reportUnreadProperties(resource, report, EMULATED, ['RoleArn']);
    const targets = list(properties['Targets'])
      .map(record)
      .flatMap((target) => readTarget(target, resource, report));
    const enabled = string(properties['State']) !== 'DISABLED';
    return [{ name: resource.ref, enabled, pattern: record(properties['EventPattern']), targets }];
  });
}

function readTarget(target: Json, resource: Resource, report: ReportGap): EventTargetModel[] {
  const topicArn = string(target['Arn']) ?? '';
  if (!/^arn:[^:]+:sns:/.test(topicArn)) {
    report(resource, `its target ${topicArn} receives no events`);
    return [];
  }
  const transformer = record(target['InputTransformer']);
  const template = string(transformer['InputTemplate']);
  const paths = stringRecord(transformer['InputPathsMap']);
  const [text, path] = [string(target['Input']), string(target['InputPath'])];
  if (template !== undefined) return [{ topicArn, input: { kind: 'template', paths, template } }];
  if (text !== undefined) return [{ topicArn, input: { kind: 'constant', text } }];
  return [path === undefined ? { topicArn } : { topicArn, input: { kind: 'path', path } }];
}
