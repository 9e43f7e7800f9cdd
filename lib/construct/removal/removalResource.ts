import { CustomResource, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleOwnFunction } from '../../bundle/ownFunction.ts';
import { StagedCode } from '../functions/stagedCode.ts';
import { untilStaged } from '../functions/untilStaged.ts';
import { explain, ServiceRole } from '../serviceRole.ts';

/** Props of `RemovalResource`. */
export interface RemovalResourceProps {
  /** What it removes. */
  readonly cleanup: 'deleteApiKeys' | 'emptyBucket';
  /** A sentence for the description of the function. */
  readonly description: string;
  /** What is cleaned: the name of a bucket, or the id of a REST API. */
  readonly target: string;
  /** Properties besides the target. */
  readonly properties?: Readonly<Record<string, string>>;
  /** What the function is allowed to do, each with the reason for `docs/iam.md`. */
  readonly permissions: readonly (readonly [PolicyStatement, string])[];
  /** @default - it cleans whenever it is deleted */
  readonly policy?: RemovalPolicy;
}

/** The longest that a function runs. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const TIMEOUT = Duration.minutes(15);
/** Two runs and the wait between them: Lambda repeats a run that ended without a response. */
const SERVICE_TIMEOUT = Duration.minutes(32);
const MEMORY_MB = 256;

/**
 * A custom resource whose deletion removes what CloudFormation does not know. It depends on what it cleans, so it is deleted
 * before. What writes there has to depend on it, so that it is deleted after the last writer.
 *
 * Its function has its own log group and cannot create another. So nothing is left of it: the functions of the CDK have the right to
 * create log groups, and their last lines do.
 */
export class RemovalResource extends Construct {
  constructor(scope: Construct, id: string, props: RemovalResourceProps) {
    super(scope, id);
    const { cleanup, target, properties, policy: removalPolicy = RemovalPolicy.DESTROY } = props;
    const { functionArn: serviceToken } = this.createFunction(props);
    const resourceType = `Custom::SecureApi${cleanup === 'emptyBucket' ? 'EmptyBucket' : 'DeleteApiKeys'}`;
    const shared = { serviceToken, resourceType, removalPolicy, serviceTimeout: SERVICE_TIMEOUT };
    new CustomResource(this, 'Default', { ...shared, properties: { Target: target, ...properties } });
  }

  private createFunction({ cleanup, description, permissions }: RemovalResourceProps): LambdaFunction {
    const log = { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY };
    const logGroup = new LogGroup(this, 'Logs', log);
    const role = new ServiceRole(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description,
    });
    explain(role, 'Writes its own log.', () => logGroup.grantWrite(role));
    for (const [statement, reason] of permissions) explain(role, reason, () => role.addToPrincipalPolicy(statement));
    const source = (path: string) => `export { handler } from ${path};`;
    using bundle = untilStaged(this, bundleOwnFunction(`cleanup/${cleanup}`, source));
    const fn = new LambdaFunction(this, 'Function', {
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: new StagedCode(bundle.directory),
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      logGroup,
      role,
      environment: { POWERTOOLS_SERVICE_NAME: cleanup, POWERTOOLS_LOG_LEVEL: 'INFO' },
    });
    Validations.of(fn).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: 'CloudFormation waits for its response, and shows a failure.' },
      { id: 'Serverless-LambdaTracing', reason: 'It runs when its stack is deleted, and its log has what it did.' },
    );
    return fn;
  }
}
