/**
 * Usage plans: rate, burst and quota of each key.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
import type { RestApiModel, StackModel, ThrottleModel, UsagePlanModel } from '../assembly/model.ts';
import type { Clock } from '../contracts.ts';
import { plansOfStage } from './apiKey.ts';
import { type Bucket, createBucket, type MonotonicMs } from './bucket.ts';
import type { CompiledRoute, Refusal, Stage } from './exchange.ts';
import { createQuota, type QuotaCounter } from './quota.ts';
import { THROTTLED } from './throttle.ts';

const QUOTA_EXCEEDED: Refusal = { kind: 'refusal', type: 'QUOTA_EXCEEDED', message: 'Limit Exceeded' };

/** One key in one plan. */
interface Meter {
  /** By `/path/METHOD`, for methods with a throttle of their own. */
  readonly methods: ReadonlyMap<string, Bucket>;
  readonly bucket?: Bucket;
  readonly quota?: QuotaCounter;
}

/**
 * Makes the stage that meters the key that `createApiKeys` found; requests without a key pass.
 *
 * A method with a throttle in the plan has a bucket of its own, in place of the plan's. A request that is throttled does
 * not spend quota. `THROTTLED` or `QUOTA_EXCEEDED`, both 429.
 *
 * @param clock - simulated time, for quota periods.
 * @param time - real monotonic milliseconds, for buckets; `performance.now` by default.
 */
export function createUsage(model: StackModel, api: RestApiModel, clock: Clock, time?: MonotonicMs): Stage {
  const meters = createMeters(model, api, time);
  return ({ apiKey, route }) => {
    const meter = apiKey && meters.get(apiKey.id);
    if (meter === undefined || route === undefined) return undefined;
    if (bucketOf(meter, route)?.take() === false) return THROTTLED;
    return meter.quota?.spend(clock.now()) === false ? QUOTA_EXCEEDED : undefined;
  };
}

function bucketOf(meter: Meter, route: CompiledRoute): Bucket | undefined {
  if (meter.methods.size === 0) return meter.bucket;
  return meter.methods.get(`${route.resourcePath}/${route.method}`) ?? meter.bucket;
}

/** A key is in one plan of a stage at most (API Gateway refuses a second), so one meter a key is enough. */
function createMeters(model: StackModel, api: RestApiModel, time?: MonotonicMs): ReadonlyMap<string, Meter> {
  const meters = new Map<string, Meter>();
  for (const plan of plansOfStage(model, api)) {
    const keys = model.apiKeys.filter(({ planIds }) => planIds.includes(plan.id));
    for (const { id } of keys) meters.set(id, createMeter(plan, api, time));
  }
  return meters;
}

function createMeter(plan: UsagePlanModel, api: RestApiModel, time?: MonotonicMs): Meter {
  const stage = plan.stages.find((each) => each.restApiId === api.id && each.stage === api.stage.name);
  const bucket = (throttle: ThrottleModel) => createBucket(throttle, time);
  return {
    methods: new Map(Object.entries(stage?.methods ?? {}).map(([method, throttle]) => [method, bucket(throttle)])),
    ...(plan.throttle && { bucket: bucket(plan.throttle) }),
    ...(plan.quota && { quota: createQuota(plan.quota) }),
  };
}
