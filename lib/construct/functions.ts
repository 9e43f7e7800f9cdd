import { Duration, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type {
  AuthorizerEnvironment,
  HandlerEnvironment,
  PretokenEnvironment,
} from '../../lambdas/shared/wireContract.ts';
import type { Api, Route } from '../definition/api.ts';
import type { Bundle, Bundles } from './bundle/bundle.ts';
import { type LogSettings, logGroup } from './logs.ts';

/** What all functions of an API share. */
export interface FunctionSettings {
  readonly api: Api;
  readonly logs: LogSettings;
  readonly tracing: boolean;
}

/** The settings of one function. */
interface OwnSettings<Environment> extends FunctionSettings {
  readonly environment: Environment;
}

interface Size {
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly concurrency?: number;
  /** Why nothing is lost when it fails. Default: whoever calls it waits for its answer. */
  readonly lost?: string;
}

const AUTHORIZER_MEMORY_MB = 256;
/** Keys, secret, deny list and proof one after the other: what is slower is down, and each read gives up before. */
const AUTHORIZER_TIMEOUT_SECONDS = 15;
const USAGE_MEMORY_MB = 256;
/** Twenty pages of keys for each of some plans. */
const USAGE_TIMEOUT_SECONDS = 120;
const CALLER_WAITS = 'Its caller waits for the answer: nothing is queued that could be lost.';

/** One function for each group of routes, with the largest memory, time and concurrency that a route of it asks for. */
export function groupFunctions(
  scope: Construct,
  bundles: Bundles,
  settings: OwnSettings<HandlerEnvironment & Readonly<Record<string, string>>>,
): Readonly<Record<string, LambdaFunction>> {
  const handlers = new Construct(scope, 'Handlers');
  const made = [...bundles.groups].map(([group, bundle]) => {
    const routes = Object.values(settings.api.routes).filter((route) => route.group === group);
    const count = `${routes.length} ${routes.length === 1 ? 'route' : 'routes'}`;
    const size = {
      description: `${settings.api.name}: ${group} (${count})`,
      memoryMb: largest(routes, 'memoryMb'),
      timeoutSeconds: largest(routes, 'timeoutSeconds'),
      concurrency: reserved(routes),
    };
    return [group, createFunction(new Construct(handlers, group), bundle, settings, size)] as const;
  });
  return Object.fromEntries(made);
}

/** The function that verifies every token. */
export function authorizerFunction(
  scope: Construct,
  bundles: Bundles,
  settings: OwnSettings<AuthorizerEnvironment>,
): LambdaFunction {
  return createFunction(new Construct(scope, 'Authorizer'), bundles.authorizer, settings, {
    description: `${settings.api.name}: verifies tokens and decides who may do what`,
    memoryMb: AUTHORIZER_MEMORY_MB,
    timeoutSeconds: AUTHORIZER_TIMEOUT_SECONDS,
  });
}

const TRIGGER_MEMORY_MB = 128;
/** Cognito waits five seconds for a trigger. */
const TRIGGER_TIMEOUT_SECONDS = 5;

/** The function that writes roles and tier into the access tokens of a user pool. */
export function pretokenFunction(scope: Construct, bundle: Bundle, settings: FunctionSettings): LambdaFunction {
  const environment: PretokenEnvironment = {};
  return createFunction(
    new Construct(scope, 'Pretoken'),
    bundle,
    { ...settings, environment },
    {
      description: `${settings.api.name}: writes roles and tier into access tokens`,
      memoryMb: TRIGGER_MEMORY_MB,
      timeoutSeconds: TRIGGER_TIMEOUT_SECONDS,
    },
  );
}

/** The function that looks at the usage of quotas. */
export function usageFunction(scope: Construct, bundle: Bundle, settings: FunctionSettings): LambdaFunction {
  return createFunction(
    new Construct(scope, 'Usage'),
    bundle,
    { ...settings, environment: {} },
    {
      description: `${settings.api.name}: tells what clients have used of their quotas`,
      memoryMb: USAGE_MEMORY_MB,
      timeoutSeconds: USAGE_TIMEOUT_SECONDS,
      lost: 'The next run, a quarter of an hour later, tells the same.',
    },
  );
}

/** The role of a function may write to the function's own log group and nothing else; grants add to it. */
function createFunction(
  scope: Construct,
  bundle: Bundle,
  settings: OwnSettings<AuthorizerEnvironment | HandlerEnvironment | PretokenEnvironment>,
  size: Size,
): LambdaFunction {
  const { api, logs, tracing, environment } = settings;
  const group = logGroup(scope, 'Logs', logs);
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  group.grantWrite(role);
  const made = new LambdaFunction(scope, 'Function', {
    description: size.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(bundle.directory),
    memorySize: size.memoryMb,
    timeout: Duration.seconds(size.timeoutSeconds),
    reservedConcurrentExecutions: size.concurrency,
    logGroup: group,
    role,
    tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    environment: {
      POWERTOOLS_SERVICE_NAME: api.name,
      POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
      POWERTOOLS_LOG_LEVEL: 'INFO',
      ...environment,
    },
  });
  acknowledge(made, role, { tracing, lost: size.lost ?? CALLER_WAITS });
  return made;
}

function acknowledge(
  made: LambdaFunction,
  role: Role,
  { tracing, lost }: { readonly tracing: boolean; readonly lost: string },
): void {
  Validations.of(made).acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason: lost,
  });
  if (tracing) {
    const id = 'AwsSolutions-IAM5[Resource::*]';
    const reason = 'xray:PutTraceSegments and xray:PutTelemetryRecords support no resource-level permissions.';
    Validations.of(role).acknowledge({ id, reason });
  } else {
    const reason = "Traces cost for each request; 'tracing: true' switches them on for gateway and functions.";
    Validations.of(made).acknowledge({ id: 'Serverless-LambdaTracing', reason });
  }
}

function reserved(routes: readonly Route[]): number | undefined {
  const asked = routes.flatMap(({ concurrency }) => concurrency ?? []);
  return asked.length === 0 ? undefined : Math.max(...asked);
}

function largest(routes: readonly Route[], key: 'memoryMb' | 'timeoutSeconds'): number {
  return Math.max(...routes.map((route) => route[key]));
}
