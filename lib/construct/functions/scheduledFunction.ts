import type { Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { bundleOwnFunction } from '../../bundle/ownFunction.ts';
import { explain } from '../serviceRole.ts';
import { createFunction, type FunctionParts, type FunctionProps } from './function.ts';
import { runRegularly } from './schedule.ts';
import { untilStaged } from './untilStaged.ts';

/** A function of this project that runs regularly, with its code and permissions. */
export interface ScheduledFunctionParts extends Pick<FunctionParts, 'environment' | 'memoryMb' | 'timeoutSeconds'> {
  /** The export of its module, which returns the handler; arguments as JavaScript. */
  readonly code: { readonly module: string; readonly arguments?: string };
  /** What it does, as a clause that begins with a small letter. */
  readonly does: string;
  readonly every: Duration;
  /** Why a run that fails needs neither a repetition nor a queue. */
  readonly notRepeatedBecause: string;
  /** What it is allowed to do, by the reason. */
  readonly permissions: Readonly<Record<string, PolicyStatement>>;
}

/** Bundles, creates and schedules a function that only some stacks have. */
export function scheduledFunction(
  scope: Construct,
  props: FunctionProps,
  { code, does, every, notRepeatedBecause, permissions, ...parts }: ScheduledFunctionParts,
): LambdaFunction {
  const name = code.module.slice(code.module.lastIndexOf('/') + 1);
  const source = (path: string) =>
    `import { ${name} } from ${path};\nexport const handler = ${name}(${code.arguments ?? ''});`;
  using bundle = untilStaged(scope, bundleOwnFunction(code.module, source));
  const description = `${props.api.name}: ${does}`;
  const fn = createFunction(scope, props, { ...parts, bundle, description, withoutQueueBecause: notRepeatedBecause });
  for (const [reason, statement] of Object.entries(permissions))
    explain(fn, reason, () => fn.addToRolePolicy(statement));
  runRegularly(scope, fn, {
    every,
    description: `${does.charAt(0).toUpperCase()}${does.slice(1)}`,
    notRepeatedBecause,
  });
  return fn;
}
