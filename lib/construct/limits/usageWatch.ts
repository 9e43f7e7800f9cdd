import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type UsageEnvironment, variable, type WatchedPlan } from '../../../lambdas/shared/wireContract.ts';
import type { Api } from '../../definition/api.ts';

/** API Gateway tells usage with a delay of minutes, so looking more often would tell no more. */
export const USAGE_PERIOD = Duration.minutes(15);

/** Lets the function look at the usage of these plans, by tier, every quarter of an hour. */
export function watchUsage(fn: LambdaFunction, api: Api, planIds: Readonly<Record<string, string>>): void {
  const plans = Object.entries(planIds).map(([tier, planId]): WatchedPlan => {
    return { tier, planId, limit: api.tiers[tier]?.quota.requests ?? 0 };
  });
  const stack = Stack.of(fn);
  fn.addEnvironment(variable<UsageEnvironment>('SECURE_API_USAGE_PLANS'), stack.toJsonString(plans));
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['apigateway:GET'],
      resources: plans.map(
        ({ planId }) => `arn:${stack.partition}:apigateway:${stack.region}::/usageplans/${planId}/usage`,
      ),
    }),
  );
  schedule(fn);
}

/** A run that fails is not repeated: the next one tells the same. */
function schedule(fn: LambdaFunction): void {
  const scope: Construct = fn.node.scope ?? fn;
  const rule = new Rule(scope, 'Schedule', {
    description: 'Looks at what clients have used of their quotas',
    schedule: Schedule.rate(USAGE_PERIOD),
    targets: [new Target(fn, { retryAttempts: 0 })],
  });
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason: 'A run that is lost is no loss: the next one, a quarter of an hour later, tells the same.',
  });
}
