import { Duration, Stack } from 'aws-cdk-lib';
import type { CfnUsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { UsageEnvironment, WatchedPlan } from '../../../lambdas/shared/wireContract.ts';
import { createFunction, type FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import { runRegularly } from '../functions/schedule.ts';
import { explain } from '../serviceRole.ts';
import { controlPlaneArn } from './controlPlane.ts';

/** API Gateway reports usage with a delay of minutes, so more frequent reads would show nothing new. */
export const USAGE_PERIOD = Duration.minutes(15);
const MEMORY_MB = 256;
/** Twenty pages of keys for each of some plans. */
const TIMEOUT_SECONDS = 120;

/** What the usage function is made of. */
export interface UsageParts {
  readonly bundle: FunctionBundle;
  /** The usage plans by tier. */
  readonly plans: Readonly<Record<string, CfnUsagePlan>>;
}

const NEXT_RUN_REPORTS = 'A lost run does no harm: the next one, a quarter of an hour later, reports the same.';

/** The function that reads every quarter of an hour how much of their quotas clients have used, of these plans alone. */
export function usageFunction(scope: Construct, props: FunctionProps, { bundle, plans }: UsageParts): LambdaFunction {
  const watched = Object.entries(plans).map(([tier, plan]): WatchedPlan => {
    return { tier, planId: plan.ref, limit: props.api.tiers[tier]?.quota.requests ?? 0 };
  });
  const environment: UsageEnvironment = { SECURE_API_USAGE_PLANS: Stack.of(scope).toJsonString(watched) };
  const fn = createFunction(scope, props, {
    bundle,
    description: `${props.api.name}: reports what clients have used of their quotas`,
    environment,
    memoryMb: MEMORY_MB,
    timeoutSeconds: TIMEOUT_SECONDS,
    withoutQueueBecause: NEXT_RUN_REPORTS,
  });
  const read = new PolicyStatement({
    actions: ['apigateway:GET'],
    resources: watched.map(({ planId }) => controlPlaneArn(scope, `/usageplans/${planId}/usage`)),
  });
  explain(fn, 'Reads what clients have used of their quotas, of these plans alone.', () => fn.addToRolePolicy(read));
  runRegularly(scope, fn, {
    every: USAGE_PERIOD,
    description: 'Looks at what clients have used of their quotas',
    notRepeatedBecause: NEXT_RUN_REPORTS,
  });
  return fn;
}
