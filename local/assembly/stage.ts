import type { StageModel, ThrottleModel } from './model.ts';
import { type Note, noteUnread } from './notices.ts';
import type { Resource } from './scope.ts';
import { flag, type Json, list, number, record, text, textRecord } from './values.ts';

/** The account's limit in a region, which holds for what a throttle leaves open. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;

const EMULATED = ['AccessLogSetting', 'MethodSettings', 'RestApiId', 'StageName', 'TracingEnabled', 'Variables'];
const HARMLESS = ['DeploymentId', 'DocumentationVersion'];

/** Reads an `AWS::ApiGateway::Stage`; caching, canaries and client certificates are noted. */
export function readStage(resource: Resource, note: Note): StageModel {
  const { properties } = resource;
  noteUnread(resource, note, EMULATED, HARMLESS);
  const tracing = flag(properties['TracingEnabled']);
  if (tracing) note(resource, 'TracingEnabled: no traces are recorded here');
  const log = accessLog(resource, note);
  return {
    name: resource.ref,
    methodThrottles: methodThrottles(resource, note),
    ...(log === undefined ? {} : { accessLog: log }),
    tracing,
    variables: textRecord(properties['Variables']),
  };
}

/** A throttle with the account's limits for what it leaves open; nothing when it sets neither. */
export function readThrottle(rate: unknown, burst: unknown): ThrottleModel | undefined {
  const throttle = { rate: number(rate), burst: number(burst) };
  if (throttle.rate === undefined && throttle.burst === undefined) return undefined;
  return { rate: throttle.rate ?? ACCOUNT_RATE, burst: throttle.burst ?? ACCOUNT_BURST };
}

function methodThrottles(resource: Resource, note: Note): Record<string, ThrottleModel> {
  const throttles: Record<string, ThrottleModel> = {};
  for (const setting of list(resource.properties['MethodSettings']).map(record)) {
    const throttle = readThrottle(setting['ThrottlingRateLimit'], setting['ThrottlingBurstLimit']);
    if (throttle !== undefined) throttles[methodKey(setting)] = throttle;
    if (flag(setting['CachingEnabled']))
      note(resource, `CachingEnabled of ${methodKey(setting)}: nothing is cached here`);
  }
  return throttles;
}

/**
 * `METHOD /path` of a method setting, `*` for all of the stage. In `ResourcePath` a first slash stands before the path, whose
 * own slashes are written `~1`: `/~1documents~1{id}`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html
 */
function methodKey(setting: Json): string {
  const method = text(setting['HttpMethod']) ?? '*';
  const raw = text(setting['ResourcePath']) ?? '/*';
  if (raw === '/*') return method === '*' ? '*' : `${method} /*`;
  const path = raw.includes('~1') ? raw.replace(/^\//, '').replaceAll('~1', '/') : raw;
  return `${method} ${path}`;
}

function accessLog(resource: Resource, note: Note): StageModel['accessLog'] {
  const setting = record(resource.properties['AccessLogSetting']);
  const destination = text(setting['DestinationArn']);
  const format = text(setting['Format']);
  if (destination === undefined || format === undefined) return undefined;
  const logGroup = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(destination)?.[1];
  if (logGroup !== undefined) return { logGroup, format };
  note(resource, 'AccessLogSetting: only log groups receive access logs here');
  return undefined;
}
