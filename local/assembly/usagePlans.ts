import type { ApiKeyModel, QuotaModel, UsagePlanModel } from './model.ts';
import { stableId } from './names.ts';
import { type Note, noteUnread } from './notices.ts';
import type { Resource, Scope } from './scope.ts';
import { readThrottle } from './stage.ts';
import { flag, isRecord, list, number, record, text } from './values.ts';

/** Every usage plan of a stack. */
export function readUsagePlans(scope: Scope, note: Note): UsagePlanModel[] {
  return scope.ofType('AWS::ApiGateway::UsagePlan').map((resource) => {
    const { properties } = resource;
    noteUnread(resource, note, ['ApiStages', 'Quota', 'Throttle', 'UsagePlanName'], []);
    const { RateLimit, BurstLimit } = record(properties['Throttle']);
    const throttle = readThrottle(RateLimit, BurstLimit);
    const quota = readQuota(resource, note);
    return {
      id: resource.ref,
      name: text(properties['UsagePlanName']) ?? resource.ref,
      tags: readTags(properties['Tags']),
      ...(throttle === undefined ? {} : { throttle }),
      ...(quota === undefined ? {} : { quota }),
      stages: list(properties['ApiStages']).map(readPlanStage),
    };
  });
}

/** Every API key of a stack with the plans it belongs to. A key without a value gets a stable one of 40 characters. */
export function readApiKeys(scope: Scope, note: Note): ApiKeyModel[] {
  const memberships = scope.ofType('AWS::ApiGateway::UsagePlanKey').map(({ properties }) => properties);
  return scope.ofType('AWS::ApiGateway::ApiKey').map((resource) => {
    const { properties } = resource;
    noteUnread(resource, note, ['Enabled', 'Value'], ['GenerateDistinctId', 'StageKeys', 'CustomerId']);
    const name = text(properties['Name']);
    return {
      id: resource.ref,
      ...(name === undefined ? {} : { name }),
      value: text(properties['Value']) ?? stableId(scope.naming, `${resource.logicalId}/value`, 40),
      enabled: flag(properties['Enabled']),
      planIds: memberships
        .filter(({ KeyId }) => KeyId === resource.ref)
        .map(({ UsagePlanId }) => text(UsagePlanId))
        .filter((id) => id !== undefined),
    };
  });
}

function readTags(value: unknown): Record<string, string> {
  const tags = list(value).map(record);
  return Object.fromEntries(tags.map(({ Key, Value }) => [text(Key) ?? '', text(Value) ?? '']));
}

function readPlanStage(value: unknown): UsagePlanModel['stages'][number] {
  const { ApiId, Stage, Throttle } = record(value);
  const methods: Record<string, NonNullable<ReturnType<typeof readThrottle>>> = {};
  for (const [key, limits] of Object.entries(record(Throttle))) {
    const throttle = readThrottle(record(limits)['RateLimit'], record(limits)['BurstLimit']);
    if (throttle !== undefined) methods[key] = throttle;
  }
  return { restApiId: text(ApiId) ?? '', stage: text(Stage) ?? '', methods };
}

function readQuota(resource: Resource, note: Note): QuotaModel | undefined {
  const { Quota: quota } = resource.properties;
  if (!isRecord(quota)) return undefined;
  const limit = number(quota['Limit']);
  const period = text(quota['Period']);
  if ((number(quota['Offset']) ?? 0) !== 0) note(resource, 'the Offset of the quota is not honoured here');
  if (limit === undefined || (period !== 'DAY' && period !== 'WEEK' && period !== 'MONTH')) {
    note(resource, 'the quota has no limit, or a period other than DAY, WEEK and MONTH; it is not honoured here');
    return undefined;
  }
  return { limit, period };
}
