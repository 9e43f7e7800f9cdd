import { type Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { explainActions } from '../serviceRole.ts';

/** When a function runs by itself. */
export interface ScheduleProps {
  readonly every: Duration;
  /** What the function does. */
  readonly description: string;
  /** Why a run that fails is not repeated. */
  readonly notRepeatedBecause: string;
}

/** Runs a function regularly. A run that fails is not repeated: the next one does the same. */
export function runRegularly(scope: Construct, fn: LambdaFunction, props: ScheduleProps): void {
  const { every, description, notRepeatedBecause: reason } = props;
  // EventBridge invokes it asynchronously; Lambda would repeat a failed run twice.
  fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: every });
  Validations.of(fn).acknowledge({ id: 'Serverless-LambdaAsyncFailureDestination', reason });
  const rule = new Rule(scope, 'Schedule', {
    description,
    schedule: Schedule.rate(every),
    targets: [new Target(fn, { retryAttempts: 0 })],
  });
  explainActions(rule, { 'lambda:InvokeFunction': 'Runs the function regularly.' });
  Validations.of(rule).acknowledge({ id: 'Serverless-EventBusDLQ', reason });
}
