import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { CfnKeyValueStore } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type {
  OriginSecretEnvironment,
  OriginSecretSettings,
  PatternSetId,
} from '../../../lambdas/shared/wireContract.ts';
import type { FunctionProps } from '../functions/function.ts';
import { scheduledFunction } from '../functions/scheduledFunction.ts';

/** What the secret is made for. */
export interface OriginSecretProps extends FunctionProps {
  /** What the distribution reads. */
  readonly store: CfnKeyValueStore;
  /** What the web ACL of the API accepts, with its ARN. */
  readonly patternSet: PatternSetId & { readonly arn: string };
}

/** A copy that leaked is of no use after two of these. */
const ROTATION_DAYS = 30;
const MEMORY_MB = 256;
/** A rotation waits two minutes for the web ACL. */
const TIMEOUT_SECONDS = 300;
/** An inconsistency that somebody has made by hand ends after this time. */
const PERIOD = Duration.hours(1);
const NEXT_RUN_REPEATS =
  'A lost run does no harm: the next one, an hour later, finds the same state and does the same.';

/** The function that makes and rotates the secret, its schedule, and the custom resource that runs it in a deployment. */
export class OriginSecret extends Construct {
  readonly fn: LambdaFunction;
  /** Exists once there is a first value. */
  readonly firstValue: CustomResource;

  constructor(scope: Construct, id: string, props: OriginSecretProps) {
    super(scope, id);
    const { store, patternSet } = props;
    const { arn, ...target } = patternSet;
    const settings: OriginSecretSettings = { storeArn: store.attrArn, patternSet: target, everyDays: ROTATION_DAYS };
    const environment: OriginSecretEnvironment = {
      SECURE_API_ORIGIN_SECRET: Stack.of(this).toJsonString(settings),
    };
    this.fn = scheduledFunction(this, props, {
      code: { module: 'originSecret/rotateOriginSecret' },
      does: 'rotates the secret between the distribution and the API when that is due',
      every: PERIOD,
      notRepeatedBecause: NEXT_RUN_REPEATS,
      environment,
      memoryMb: MEMORY_MB,
      timeoutSeconds: TIMEOUT_SECONDS,
      permissions: {
        'Reads which value the distribution sends, and writes the next one.': new PolicyStatement({
          actions: ['DescribeKeyValueStore', 'GetKey', 'PutKey'].map((action) => `cloudfront-keyvaluestore:${action}`),
          resources: [store.attrArn],
        }),
        'Lets the web ACL of the API accept the next value.': new PolicyStatement({
          actions: ['wafv2:GetRegexPatternSet', 'wafv2:UpdateRegexPatternSet'],
          resources: [arn],
        }),
      },
    });
    this.firstValue = new CustomResource(this, 'FirstValue', {
      serviceToken: this.fn.functionArn,
      resourceType: 'Custom::SecureApiOriginSecret',
      serviceTimeout: Duration.minutes(10),
      // Another store or another web ACL needs a value at once.
      properties: { Store: store.attrArn, PatternSet: patternSet.id },
    });
    // The reference to the function does not cover the policy of its role.
    if (this.fn.role !== undefined) this.firstValue.node.addDependency(this.fn.role);
  }
}
