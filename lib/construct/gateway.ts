import { Stack, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiDefinition,
  CfnRestApi,
  EndpointType,
  LogGroupLogDestination,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { accessPolicy } from '../access/index.ts';
import type { Api } from '../definition/api.ts';
import type { TokenIssuer } from '../definition/tokenIssuer.ts';
import { gatewayOpenApi } from '../openapi/index.ts';
import { authorizerCache, dpopOf } from './identity/senderConstrained.ts';
import { anonymousThrottles } from './limits/anonymous.ts';
import { ACCESS_LOG_FORMAT } from './logs.ts';
import type { Settings } from './settings.ts';

/**
 * The strictest policy of API Gateway: TLS 1.3 alone. It excludes mutual TLS.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
 */
const SECURITY_POLICY = 'SecurityPolicy_TLS13_1_3_2025_09';
/** Also refuses connections whose host name is not the endpoint's own. */
const ACCESS_MODE = 'STRICT';

/** What a gateway is made of. */
export interface GatewayParts {
  readonly api: Api;
  /** Unique in the region: it is the dimension of the API's metrics. */
  readonly name: string;
  readonly authorizer: LambdaFunction;
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly accessLog: LogGroup;
  readonly identity: readonly TokenIssuer[];
  readonly settings: Settings;
  readonly disableExecuteApiEndpoint: boolean;
}

/** The REST API with its stage, from the OpenAPI body. One role calls all functions, so no permission a route is needed. */
export function createGateway(scope: Construct, parts: GatewayParts): SpecRestApi {
  const { api, settings } = parts;
  const integrations = invoker(scope, 'IntegrationRole', Object.values(parts.functions));
  const authorizers = invoker(scope, 'AuthorizerCallRole', [parts.authorizer]);
  const restApi = new SpecRestApi(scope, 'RestApi', {
    restApiName: parts.name,
    description: api.description ?? api.title,
    apiDefinition: ApiDefinition.fromInline(bodyOf(parts, integrations, authorizers)),
    failOnWarnings: true,
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: false,
    disableExecuteApiEndpoint: parts.disableExecuteApiEndpoint,
    deployOptions: {
      stageName: settings.stageName,
      accessLogDestination: new LogGroupLogDestination(parts.accessLog),
      accessLogFormat: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
      metricsEnabled: true,
      // Execution logs would hold headers and bodies.
      dataTraceEnabled: false,
      throttlingRateLimit: settings.throttle.rate,
      throttlingBurstLimit: settings.throttle.burst,
      methodOptions: anonymousThrottles(api),
      tracingEnabled: settings.tracing,
    },
  });
  harden(restApi);
  describe(restApi, parts);
  if (!settings.tracing) {
    const reason = "Traces cost for each request; 'tracing: true' switches them on for gateway and functions.";
    Validations.of(restApi).acknowledge({ id: 'Serverless-APIGWXrayEnabled', reason });
  }
  // The body names the roles; what they may do has to exist before the first request, too.
  for (const role of [integrations, authorizers]) restApi.node.addDependency(role.node.findChild('DefaultPolicy'));
  return restApi;
}

function bodyOf(
  { api, name, authorizer, functions, identity, settings }: GatewayParts,
  integrations: Role,
  authorizers: Role,
) {
  const body = gatewayOpenApi(api, {
    authorizerUri: invocationUri(authorizer),
    authorizerCredentials: authorizers.roleArn,
    authorizerTtlSeconds: authorizerCache(settings.authorizerCacheSeconds, identity),
    dpop: dpopOf(identity),
    integrationUri: (group) => invocationUri(functions[group] ?? authorizer),
    integrationCredentials: integrations.roleArn,
    securityPolicy: SECURITY_POLICY,
    endpointAccessMode: ACCESS_MODE,
  });
  // An import names the API after the title, so it has to be the name under which metrics are read.
  return { ...body, info: { title: name, version: api.version } };
}

function harden(restApi: SpecRestApi): void {
  const resource = resourceOf(restApi);
  resource.securityPolicy = SECURITY_POLICY;
  resource.endpointAccessMode = ACCESS_MODE;
  Validations.of(restApi).acknowledge(
    {
      id: 'AwsSolutions-APIG2',
      reason: 'Every operation has a request validator, in the body, which the rule does not read.',
    },
    {
      id: 'AwsSolutions-APIG6',
      reason: 'Execution logs would hold headers and bodies; the access log and the decision log tell who did what.',
    },
  );
  // The L2's own output would tell the address that a domain disables; `url` is the right one in either case.
  restApi.node.tryRemoveChild('Endpoint');
}

/**
 * Hints for tools that read the template: what a token has to say, which roles exist (the local gateway), and who may do what
 * (`access diff`). Nothing in it is secret: the rules are in the functions' bundles, too.
 */
function describe(restApi: SpecRestApi, { api, identity }: GatewayParts): void {
  resourceOf(restApi).addMetadata('secure-api', {
    name: api.name,
    roles: Object.keys(api.roles.byName),
    tiers: Object.keys(api.tiers),
    defaultTier: api.defaultTier,
    access: accessPolicy(api),
    identity: identity.map(({ rolesClaim, tierClaim, clientClaim, audience }) => ({
      rolesClaim,
      tierClaim,
      clientClaim,
      ...(audience === undefined ? {} : { audience }),
    })),
  });
}

function resourceOf(restApi: SpecRestApi): CfnRestApi {
  const resource = restApi.node.defaultChild;
  if (resource instanceof CfnRestApi) return resource;
  throw new Error('SpecRestApi without a CfnRestApi');
}

/** A role with which API Gateway may call these functions and nothing else. */
function invoker(scope: Construct, id: string, functions: readonly LambdaFunction[]): Role {
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('apigateway.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functions.map((fn) => fn.functionArn) }),
  );
  return role;
}

function invocationUri(fn: LambdaFunction): string {
  const { partition, region } = Stack.of(fn);
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${fn.functionArn}/invocations`;
}
