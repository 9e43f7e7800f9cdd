/**
 * Usage plans: rate, burst and quota of each key.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
import type { ApiKeyModel, RestApiModel, StackModel, ThrottleModel, UsagePlanModel } from '../../assembly/model.ts';
import type { Clock, UsageRecords } from '../../contracts.ts';
import type { CompiledRoute, Rejection, Step } from '../step.ts';
import { plansOfStage } from './apiKeys.ts';
import { THROTTLED } from './methodThrottles.ts';
import { createQuota, type QuotaCounter } from './quota.ts';
import { createTokenBucket, type MonotonicMs, type TokenBucket } from './tokenBucket.ts';

const QUOTA_EXCEEDED: Rejection = { kind: 'rejection', type: 'QUOTA_EXCEEDED', message: 'Limit Exceeded' };

/** One key in one plan. */
interface Meter {
  /** By `/path/METHOD`, for methods with a throttle of their own. */
  readonly methods: ReadonlyMap<string, TokenBucket>;
  readonly bucket?: TokenBucket;
  readonly quota?: QuotaCounter;
}

/** How keys are metered, beside what their plans say. */
export interface UsageOptions {
  /** Real monotonic milliseconds, for buckets; `performance.now` by default. */
  readonly time?: MonotonicMs;
  /** Is told where the use of each quota can be read. */
  readonly usageRecords?: UsageRecords;
}

/**
 * Makes the stage that meters the key that `createApiKeys` found; requests without a key pass.
 *
 * A method with a throttle in the plan has a bucket of its own, in place of the plan's. A request that is throttled does
 * not spend quota. `THROTTLED` or `QUOTA_EXCEEDED`, both 429.
 *
 * @param clock - simulated time, for quota periods.
 */
export function createUsagePlans(model: StackModel, api: RestApiModel, clock: Clock, options: UsageOptions = {}): Step {
  const meterOf = createMeters(model, api, { clock, ...options });
  return ({ apiKey, route }) => {
    const meter = apiKey && meterOf(apiKey);
    if (meter === undefined || route === undefined) return undefined;
    if (bucketOf(meter, route)?.take() === false) return THROTTLED;
    return meter.quota?.spend(clock.now()) === false ? QUOTA_EXCEEDED : undefined;
  };
}

function bucketOf(meter: Meter, route: CompiledRoute): TokenBucket | undefined {
  if (meter.methods.size === 0) return meter.bucket;
  return meter.methods.get(`${route.resourcePath}/${route.method}`) ?? meter.bucket;
}

/**
 * Keys come and go while the gateway runs, so a key gets its meter at its first request. A key is in one plan of a stage at
 * most (API Gateway refuses a second).
 */
function createMeters(model: StackModel, api: RestApiModel, options: UsageOptions & { readonly clock: Clock }) {
  const plans = plansOfStage(model, api);
  const meters = new Map<string, Meter>();
  return ({ id, planIds }: ApiKeyModel): Meter | undefined => {
    const plan = plans.find((each) => planIds.includes(each.id));
    if (plan === undefined) return undefined;
    const name = `${plan.id}/${id}`;
    const known = meters.get(name);
    if (known !== undefined) return known;
    const meter = createMeter(plan, api, options.time);
    meters.set(name, meter);
    const { quota } = meter;
    const limit = plan.quota?.limit ?? 0;
    if (quota !== undefined)
      options.usageRecords?.register(plan.id, id, () => ({ used: quota.used(options.clock.now()), limit }));
    return meter;
  };
}

function createMeter(plan: UsagePlanModel, api: RestApiModel, time?: MonotonicMs): Meter {
  const stage = plan.stages.find((each) => each.restApiId === api.id && each.stage === api.stage.name);
  const bucket = (throttle: ThrottleModel) => createTokenBucket(throttle, time);
  return {
    methods: new Map(Object.entries(stage?.methods ?? {}).map(([method, throttle]) => [method, bucket(throttle)])),
    ...(plan.throttle && { bucket: bucket(plan.throttle) }),
    ...(plan.quota && { quota: createQuota(plan.quota) }),
  };
}
