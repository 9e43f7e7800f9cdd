/**
 * Usage plans: rate, burst and quota of each key.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
import type { ApiKeyModel, RestApiModel, StackModel, ThrottleModel, UsagePlanModel } from '../../assembly/model.ts';
import type { Clock, UsageRecords } from '../../contracts.ts';
import { createKeptState, type KeptState } from '../keptState.ts';
import type { CompiledRoute } from '../requestState.ts';
import { rejection, type Step } from '../step.ts';
import { plansOfStage } from './apiKeys.ts';
import { THROTTLED } from './methodThrottles.ts';
import { createQuota, createQuotaUse, type QuotaCounter } from './quota.ts';
import { createTokenBucket, type MonotonicMs, type TokenBucket } from './tokenBucket.ts';

const QUOTA_EXCEEDED = rejection('QUOTA_EXCEEDED', 'Limit Exceeded');

/** The limits of one key in one plan. */
interface KeyLimits {
  /** By `/path/METHOD`, for methods with their own throttle. */
  readonly methods: ReadonlyMap<string, TokenBucket>;
  readonly bucket?: TokenBucket;
  readonly quota?: QuotaCounter;
}

/** The clock of buckets, and where quota usage is recorded. */
export interface UsageOptions {
  /** Real monotonic milliseconds, for buckets; `performance.now` by default. */
  readonly time?: MonotonicMs;
  /** Receives a reader of each quota's usage. */
  readonly usageRecords?: UsageRecords;
  /** Counters of an earlier gateway, by key and plan: a quota goes on with another limit, a bucket with the same one. */
  readonly kept?: KeptState;
}

/**
 * Makes the step that counts requests by the key that `createApiKeyCheck` found; requests without a key pass.
 *
 * A method with a throttle in the plan has its own bucket instead of the plan's. A throttled request does not spend quota.
 * Rejects with `THROTTLED` or `QUOTA_EXCEEDED`, both 429.
 *
 * @param clock - simulated time, for quota periods.
 */
export function createUsagePlans(model: StackModel, api: RestApiModel, clock: Clock, options: UsageOptions = {}): Step {
  const limitsOf = createLimits(model, api, { clock, ...options });
  return ({ apiKey, route }) => {
    const limits = apiKey && limitsOf(apiKey);
    if (limits === undefined || route === undefined) return undefined;
    if (bucketOf(limits, route)?.take() === false) return THROTTLED;
    return limits.quota?.spend(clock.now()) === false ? QUOTA_EXCEEDED : undefined;
  };
}

function bucketOf(limits: KeyLimits, route: CompiledRoute): TokenBucket | undefined {
  if (limits.methods.size === 0) return limits.bucket;
  return limits.methods.get(`${route.resourcePath}/${route.method}`) ?? limits.bucket;
}

/**
 * Keys are added and removed while the gateway runs, so the limits of a key are made at its first request. A key is in at most
 * one plan of a stage: API Gateway rejects a second.
 */
function createLimits(model: StackModel, api: RestApiModel, options: UsageOptions & { readonly clock: Clock }) {
  const { kept = createKeptState(), time } = options;
  const plans = plansOfStage(model, api);
  const limitsByKey = new Map<string, KeyLimits>();
  return ({ id, planIds }: ApiKeyModel): KeyLimits | undefined => {
    const plan = plans.find((each) => planIds.includes(each.id));
    if (plan === undefined) return undefined;
    const name = `${plan.id}/${id}`;
    const known = limitsByKey.get(name);
    if (known !== undefined) return known;
    const limits = createKeyLimits(plan, api, { kept, time, name: `${api.id}/${name}` });
    limitsByKey.set(name, limits);
    const { quota } = limits;
    if (quota !== undefined) options.usageRecords?.register(plan.id, id, () => quota.used(options.clock.now()));
    return limits;
  };
}

interface KeyLimitsParts {
  readonly kept: KeptState;
  readonly time?: MonotonicMs;
  /** Of the counters: API, plan and key. */
  readonly name: string;
}

function createKeyLimits(plan: UsagePlanModel, api: RestApiModel, { kept, time, name }: KeyLimitsParts): KeyLimits {
  const stage = plan.stages.find((each) => each.restApiId === api.id && each.stage === api.stage.name);
  const bucket = (throttle: ThrottleModel, method = '') =>
    kept.of(`bucket ${name} ${method}`, throttle, () => createTokenBucket(throttle, time));
  const { quota } = plan;
  return {
    methods: new Map(
      Object.entries(stage?.methods ?? {}).map(([method, throttle]) => [method, bucket(throttle, method)]),
    ),
    ...(plan.throttle && { bucket: bucket(plan.throttle) }),
    ...(quota && { quota: createQuota(quota, kept.of(`quota ${name}`, quota.period, createQuotaUse)) }),
  };
}
