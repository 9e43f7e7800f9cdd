import { Duration, Validations } from 'aws-cdk-lib';
import { type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type {
  AuthorizerEnvironment,
  EdgeEnvironment,
  EndpointCheckEnvironment,
  HandlerEnvironment,
  MetricsEnvironment,
  NotifierEnvironment,
  OriginSecretEnvironment,
  PretokenEnvironment,
  RevokedCertificatesEnvironment,
  RotationEnvironment,
  RouteCheckEnvironment,
  UsageEnvironment,
} from '../../../lambdas/shared/wireContract.ts';
import { METRICS_NAMESPACE, variable } from '../../../lambdas/shared/wireContract.ts';
import type { Api } from '../../definition/api.ts';
import { type LogSettings, logGroup } from '../logs.ts';
import { explain, ServiceRole } from '../serviceRole.ts';
import { collectorEnvironment, type TracingSettings } from '../tracing.ts';
import { codeOf, type FunctionBundle } from './pendingCode.ts';

/** What all functions of an API share. */
export interface FunctionProps {
  readonly api: Api;
  /** Name of the API, unique among the stacks of its account and region. */
  readonly name: string;
  /** How the log groups of the functions are kept. */
  readonly logs: LogSettings;
  /** X-Ray traces. */
  readonly tracing: boolean;
  /** Lines about allowed requests that an instance writes a minute. Undefined: all. */
  readonly allowedLinesPerMinute?: number | undefined;
  /** Where spans go by OTLP. */
  readonly collector: TracingSettings['collector'];
  /** Present where clients reach the API through CloudFront. */
  readonly cloudFront?: object;
  /** Where clients reach the API by its domain. */
  readonly address?: { readonly basePath: string };
}

/** What one function is made of. */
export interface FunctionParts {
  readonly bundle: FunctionBundle;
  readonly description: string;
  readonly environment:
    | AuthorizerEnvironment
    | EndpointCheckEnvironment
    | HandlerEnvironment
    | NotifierEnvironment
    | OriginSecretEnvironment
    | PretokenEnvironment
    | RevokedCertificatesEnvironment
    | RotationEnvironment
    | RouteCheckEnvironment
    | UsageEnvironment;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Reserved concurrency. @default - what the account has unreserved */
  readonly concurrency?: number;
  /** Whether it runs for requests: it sends their spans, and its lines can be limited. @default - no */
  readonly servesRequests?: boolean;
  /** Why failed invocations need no dead-letter queue. @default - its caller waits for the response */
  readonly withoutQueueBecause?: string;
}

/**
 * Lambda writes `START`, `END` and `REPORT` for each invocation, which only the JSON format can leave out; time-outs and crashes are
 * logged. Lines of the functions are JSON, and stay as they are.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
const WITHOUT_LINES_OF_LAMBDA = {
  loggingFormat: LoggingFormat.JSON,
  systemLogLevelV2: SystemLogLevel.WARN,
  applicationLogLevelV2: ApplicationLogLevel.INFO,
} as const;
const SENDS_TRACES =
  'Sends traces to X-Ray; the wildcard is there because its actions support no resource-level permissions.';
const READS_HEADERS =
  'Reads the headers that the collector of its spans needs; a wildcard stands for the random suffix of an ARN by name.';
const CALLER_WAITS = 'Its caller waits for the response: nothing is queued that could be lost.';

/**
 * A function with its log group and role. The role may write to this log group and do nothing else; grants add to it. The
 * code is copied into the cloud assembly at once.
 */
export function createFunction(
  scope: Construct,
  { api, name, logs, tracing, collector, cloudFront, address, allowedLinesPerMinute }: FunctionProps,
  parts: FunctionParts,
) {
  const spans = parts.servesRequests ? collector : undefined;
  const lines = parts.servesRequests ? allowedLinesPerMinute : undefined;
  const group = logGroup(scope, 'Logs', logs);
  const { description } = parts;
  const role = new ServiceRole(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description });
  explain(role, 'Writes its own log.', () => group.grantWrite(role));
  const create = () =>
    new LambdaFunction(scope, 'Function', {
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: codeOf(parts.bundle),
      memorySize: parts.memoryMb,
      timeout: Duration.seconds(parts.timeoutSeconds),
      reservedConcurrentExecutions: parts.concurrency,
      logGroup: group,
      ...(lines === undefined ? {} : WITHOUT_LINES_OF_LAMBDA),
      role,
      tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        POWERTOOLS_SERVICE_NAME: api.name,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        POWERTOOLS_LOG_LEVEL: 'INFO',
        [variable<MetricsEnvironment>('SECURE_API_NAME')]: name,
        ...(cloudFront === undefined ? {} : { [variable<EdgeEnvironment>('SECURE_API_EDGE')]: 'cloudfront' }),
        ...(!address?.basePath ? {} : { [variable<EdgeEnvironment>('SECURE_API_BASE_PATH')]: address.basePath }),
        ...(lines === undefined ? {} : { [variable<MetricsEnvironment>('SECURE_API_ALLOWED_LINES')]: String(lines) }),
        ...parts.environment,
        ...collectorEnvironment(spans),
      },
    });
  // The CDK grants the right to send traces while it creates the function.
  const fn = explain(role, SENDS_TRACES, create);
  Validations.of(fn).acknowledge({ id: 'Serverless-LambdaDLQ', reason: parts.withoutQueueBecause ?? CALLER_WAITS });
  if (spans?.headers !== undefined) explain(role, READS_HEADERS, () => spans.headers?.grantRead(role));
  acknowledgeTracing(fn, role, tracing);
  return fn;
}

function acknowledgeTracing(fn: LambdaFunction, role: Role, tracing: boolean): void {
  if (tracing) {
    const id = 'AwsSolutions-IAM5[Resource::*]';
    Validations.of(role).acknowledge({ id, reason: SENDS_TRACES });
  } else {
    const reason = "Traces cost for each request; 'tracing' switches them on for gateway and functions.";
    Validations.of(fn).acknowledge({ id: 'Serverless-LambdaTracing', reason });
  }
}
