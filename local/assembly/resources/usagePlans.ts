import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { ApiKeyModel, QuotaModel, UsagePlanModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { stableId } from '../template/names.ts';
import { flag, isRecord, list, number, record, string } from '../values.ts';
import { readThrottle } from './stage.ts';

/** Every usage plan of a stack. */
export function readUsagePlans(stack: StackTemplate, report: ReportGap): UsagePlanModel[] {
  return stack.ofType('AWS::ApiGateway::UsagePlan').map((resource) => {
    const { properties } = resource;
    reportUnreadProperties(resource, report, ['ApiStages', 'Quota', 'Throttle', 'UsagePlanName'], []);
    const { RateLimit, BurstLimit } = record(properties['Throttle']);
    const throttle = readThrottle(RateLimit, BurstLimit);
    const quota = readQuota(resource, report);
    return {
      id: resource.ref,
      name: string(properties['UsagePlanName']) ?? resource.ref,
      tags: readTags(properties['Tags']),
      ...(throttle === undefined ? {} : { throttle }),
      ...(quota === undefined ? {} : { quota }),
      stages: list(properties['ApiStages']).map(readPlanStage),
    };
  });
}

/** Every API key of a stack with its plans. A key without a value gets a stable value of 40 characters. */
export function readApiKeys(stack: StackTemplate, report: ReportGap): ApiKeyModel[] {
  const memberships = stack.ofType('AWS::ApiGateway::UsagePlanKey').map(({ properties }) => properties);
  return stack.ofType('AWS::ApiGateway::ApiKey').map((resource) => {
    const { properties } = resource;
    reportUnreadProperties(resource, report, ['Enabled', 'Value'], ['GenerateDistinctId', 'StageKeys', 'CustomerId']);
    const name = string(properties['Name']);
    return {
      id: resource.ref,
      ...(name === undefined ? {} : { name }),
      value: string(properties['Value']) ?? stableId(stack.names, `${resource.logicalId}/value`, 40),
      enabled: flag(properties['Enabled']),
      planIds: memberships
        .filter(({ KeyId }) => KeyId === resource.ref)
        .map(({ UsagePlanId }) => string(UsagePlanId))
        .filter((id) => id !== undefined),
    };
  });
}

function readTags(value: unknown): Record<string, string> {
  const tags = list(value).map(record);
  return Object.fromEntries(tags.map(({ Key, Value }) => [string(Key) ?? '', string(Value) ?? '']));
}

function readPlanStage(value: unknown): UsagePlanModel['stages'][number] {
  const { ApiId, Stage, Throttle } = record(value);
  const methods: Record<string, NonNullable<ReturnType<typeof readThrottle>>> = {};
  for (const [key, limits] of Object.entries(record(Throttle))) {
    const throttle = readThrottle(record(limits)['RateLimit'], record(limits)['BurstLimit']);
    if (throttle !== undefined) methods[key] = throttle;
  }
  return { restApiId: string(ApiId) ?? '', stage: string(Stage) ?? '', methods };
}

function readQuota(resource: Resource, report: ReportGap): QuotaModel | undefined {
  const { Quota: quota } = resource.properties;
  if (!isRecord(quota)) return undefined;
  const limit = number(quota['Limit']);
  const period = string(quota['Period']);
  if ((number(quota['Offset']) ?? 0) !== 0) report(resource, 'the Offset of the quota is not emulated');
  if (limit === undefined || (period !== 'DAY' && period !== 'WEEK' && period !== 'MONTH')) {
    report(resource, 'the quota has no limit, or a period other than DAY, WEEK and MONTH; it is not enforced');
    return undefined;
  }
  return { limit, period };
}
