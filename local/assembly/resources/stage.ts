import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { StageModel, ThrottleModel } from '../model.ts';
import type { Resource } from '../stackTemplate.ts';
import { flag, type Json, list, number, record, string, stringRecord } from '../values.ts';

/** The account's limits in a region, for a throttle that sets only rate or burst. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;

const EMULATED = ['AccessLogSetting', 'MethodSettings', 'RestApiId', 'StageName', 'TracingEnabled', 'Variables'];
const HARMLESS = ['DeploymentId', 'DocumentationVersion'];

/** Reads an `AWS::ApiGateway::Stage`; caching, canaries and client certificates are reported. */
export function readStage(resource: Resource, report: ReportGap): StageModel {
  const { properties } = resource;
  reportUnreadProperties(resource, report, EMULATED, HARMLESS);
  const tracing = flag(properties['TracingEnabled']);
  const log = accessLog(resource, report);
  return {
    name: resource.ref,
    methodThrottles: methodThrottles(resource, report),
    ...(log === undefined ? {} : { accessLog: log }),
    tracing,
    variables: stringRecord(properties['Variables']),
  };
}

/** A throttle, with the account's limit for a missing rate or burst; `undefined` when both are missing. */
export function readThrottle(rate: unknown, burst: unknown): ThrottleModel | undefined {
  const throttle = { rate: number(rate), burst: number(burst) };
  if (throttle.rate === undefined && throttle.burst === undefined) return undefined;
  return { rate: throttle.rate ?? ACCOUNT_RATE, burst: throttle.burst ?? ACCOUNT_BURST };
}

function methodThrottles(resource: Resource, report: ReportGap): Record<string, ThrottleModel> {
  const throttles: Record<string, ThrottleModel> = {};
  for (const setting of list(resource.properties['MethodSettings']).map(record)) {
    const throttle = readThrottle(setting['ThrottlingRateLimit'], setting['ThrottlingBurstLimit']);
    if (throttle !== undefined) throttles[methodKey(setting)] = throttle;
    if (flag(setting['CachingEnabled'])) report(resource, `CachingEnabled of ${methodKey(setting)}: nothing is cached`);
  }
  return throttles;
}

/**
 * `METHOD /path` of a method setting, `*` for all of the stage. `ResourcePath` is a slash and then the path, its
 * slashes written `~1`: `/~1documents~1{id}`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html
 */
function methodKey(setting: Json): string {
  const method = string(setting['HttpMethod']) ?? '*';
  const raw = string(setting['ResourcePath']) ?? '/*';
  if (raw === '/*') return method === '*' ? '*' : `${method} /*`;
  const path = raw.includes('~1') ? raw.replace(/^\//, '').replaceAll('~1', '/') : raw;
  return `${method} ${path}`;
}

function accessLog(resource: Resource, report: ReportGap): StageModel['accessLog'] {
  const setting = record(resource.properties['AccessLogSetting']);
  const destination = string(setting['DestinationArn']);
  const format = string(setting['Format']);
  if (destination === undefined || format === undefined) return undefined;
  const logGroup = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(destination)?.[1];
  if (logGroup !== undefined) return { logGroup, format };
  report(resource, 'AccessLogSetting: only log groups receive access logs');
  return undefined;
}
