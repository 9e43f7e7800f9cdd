import { Stack, Token, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiDefinition,
  CfnRestApi,
  EndpointType,
  LogGroupLogDestination,
  SpecRestApi,
  type Stage,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { VIEWER_ADDRESS } from '../../../lambdas/shared/edgeHeaders.ts';
import { accessPolicy } from '../../access/index.ts';
import type { Api } from '../../definition/api.ts';
import type { TokenIssuer } from '../../definition/tokenIssuer.ts';
import { type CorsBinding, gatewayOpenApi } from '../../openapi/index.ts';
import type { PublicAddress } from '../edge/publicAddress.ts';
import { endpointAccessMode, type TlsSettings } from '../edge/tls.ts';
import type { MtlsSettings } from '../edge/transport.ts';
import { authorizerCache, dpopOf } from '../identity/senderConstrained.ts';
import { anonymousThrottles } from '../limits/anonymous.ts';
import { type LogSettings, logGroup } from '../logs.ts';
import type { MutualTls } from '../mtls/mutualTls.ts';
import type { StageThrottle } from '../props.ts';
import { explain, ServiceRole } from '../serviceRole.ts';
import type { WebhookSecrets } from '../webhooks/webhookSecrets.ts';
import { accessLogFormat } from './accessLog.ts';
import { DeploymentId } from './deploymentId.ts';

const HANDLERS = 'the functions that serve routes';
const AUTHORIZER = 'the authorizer';

/** Props of `Gateway`. */
export interface GatewayProps {
  readonly api: Api;
  /** Unique in the region: it is the dimension of the API's metrics. */
  readonly name: string;
  readonly authorizer: LambdaFunction;
  /** The handler functions by group. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** Whose tokens are accepted. */
  readonly issuers: readonly TokenIssuer[];
  /** Which pages of other origins can call the API. @default - none */
  readonly cors?: CorsBinding;
  readonly logs: LogSettings;
  readonly tls: TlsSettings;
  /** @default - clients have no certificates */
  readonly mtls?: MtlsSettings;
  /** The bucket of its revocation lists. @default - it has none */
  readonly mutualTls?: Pick<MutualTls, 'revocationLists'>;
  /** Adds `preload` to Strict-Transport-Security. */
  readonly hstsPreload: boolean;
  /** Present where clients reach the API through CloudFront. */
  readonly cloudFront?: object;
  readonly stageName: string;
  /** Of each route, over all clients. */
  readonly throttle: StageThrottle;
  /** Address that problem types start with. @default - the project's own */
  readonly problemTypeBase?: string;
  /** X-Ray traces. */
  readonly tracing: boolean;
  /** Seconds that decisions are cached. @default - one minute; none where an issuer binds tokens to keys */
  readonly authorizerCacheSeconds?: number;
  /** The secrets of webhooks. */
  readonly secrets: WebhookSecrets;
  /** Where clients reach the API by its domain, which disables the `execute-api` address. @default - the API has no domain */
  readonly address?: PublicAddress;
}

/**
 * The REST API with its stage and access log, from the OpenAPI body. One role invokes all handler functions, so that no
 * permission for each route is needed.
 */
export class Gateway extends Construct {
  readonly restApi: SpecRestApi;
  readonly stage: Stage;
  readonly accessLog: LogGroup;
  /** Invokes the handler functions. */
  readonly integrationRole: Role;
  /** Invokes the authorizer. */
  readonly authorizerRole: Role;

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const { api } = props;
    this.accessLog = logGroup(this, 'AccessLog', props.logs);
    this.integrationRole = invoker(this, 'IntegrationRole', HANDLERS, Object.values(props.functions));
    this.authorizerRole = invoker(this, 'AuthorizerCallRole', AUTHORIZER, [props.authorizer]);
    this.restApi = new SpecRestApi(this, 'Default', {
      restApiName: props.name,
      description: api.description ?? api.title,
      apiDefinition: ApiDefinition.fromInline(bodyOf(props, this.integrationRole, this.authorizerRole)),
      failOnWarnings: true,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      disableExecuteApiEndpoint: props.address !== undefined,
      deployOptions: stageOptions(props, this.accessLog),
    });
    this.stage = this.restApi.deploymentStage;
    if (this.restApi.latestDeployment) new DeploymentId(this, 'DeploymentId', this.restApi.latestDeployment);
    harden(this.restApi, props.tls);
    addHints(this.restApi, props, this.accessLog);
    if (!props.tracing) {
      const reason = "Traces cost for each request; 'tracing' switches them on for gateway and functions.";
      Validations.of(this.restApi).acknowledge({ id: 'Serverless-APIGWXrayEnabled', reason });
    }
    // The body names the roles; their policies have to exist before the first request, too.
    this.restApi.node.addDependency(this.integrationRole, this.authorizerRole);
  }
}

function stageOptions(
  { api, stageName, throttle, tracing, cloudFront }: GatewayProps,
  accessLog: LogGroup,
): StageOptions {
  return {
    stageName,
    accessLogDestination: new LogGroupLogDestination(accessLog),
    accessLogFormat: AccessLogFormat.custom(
      accessLogFormat(api.claimRules, { isBehindCloudFront: cloudFront !== undefined, hasTraces: tracing }),
    ),
    metricsEnabled: true,
    // Execution logs would hold headers and bodies.
    dataTraceEnabled: false,
    throttlingRateLimit: throttle.rate,
    throttlingBurstLimit: throttle.burst,
    methodOptions: anonymousThrottles(api),
    tracingEnabled: tracing,
  };
}

function bodyOf(props: GatewayProps, integrations: Role, authorizers: Role) {
  const { api, name, authorizer, functions, issuers } = props;
  const body = gatewayOpenApi(api, {
    authorizerUri: invocationUri(authorizer),
    authorizerCredentials: authorizers.roleArn,
    // The access log has the client's address from the decision, so a decision is cached for one address.
    cacheKeyHeaders: props.cloudFront === undefined ? [] : [VIEWER_ADDRESS],
    authorizerTtlSeconds: authorizerCache(props.authorizerCacheSeconds, issuers, props.mtls !== undefined),
    dpop: dpopOf(issuers),
    checksCertificates: props.mtls !== undefined && props.cloudFront === undefined,
    hasCertificates: props.mtls !== undefined,
    cors: props.cors,
    resource: { issuers: discoverable(issuers), address: props.address },
    problemTypeBase: props.problemTypeBase,
    integrationUri: (group) => invocationUri(functions[group] ?? authorizer),
    integrationCredentials: integrations.roleArn,
    hstsPreload: props.hstsPreload,
    securityPolicy: props.tls.regional,
    endpointAccessMode: endpointAccessMode(props.tls.regional),
  });
  // An import names the API after the title, so it has to be the name under which metrics are read.
  return { ...body, info: { title: name, version: api.version } };
}

/** Issuers that clients can ask for a token: those with an address. */
function discoverable(issuers: readonly TokenIssuer[]): readonly string[] {
  const addresses = issuers.map(({ issuer }) => issuer);
  return [...new Set(addresses)].filter(
    (issuer) => Token.isUnresolved(issuer) || /^https:\/\/[^{}$#"\\\s]+$/.test(issuer),
  );
}

function harden(restApi: SpecRestApi, { regional }: TlsSettings): void {
  const resource = resourceOf(restApi);
  resource.securityPolicy = regional;
  resource.endpointAccessMode = endpointAccessMode(regional);
  Validations.of(restApi).acknowledge(
    {
      id: 'AwsSolutions-APIG2',
      reason: 'Every operation has a request validator, in the body, which the rule does not read.',
    },
    {
      id: 'AwsSolutions-APIG6',
      reason: 'Execution logs would hold headers and bodies; the access log and the decision log record who did what.',
    },
  );
  // The L2's own output is the address that a domain disables; `url` is right in either case.
  restApi.node.tryRemoveChild('Endpoint');
}

/**
 * Metadata for tools that read the template: the claims of a token, the roles, the secrets of webhooks by name and the bucket of
 * revocation lists (the local gateway), the access policy (`access diff`), and the logs (`logs --stack`). Nothing in it is secret.
 */
function addHints(restApi: SpecRestApi, props: GatewayProps, accessLog: LogGroup): void {
  const { api, issuers, secrets, mtls, mutualTls, authorizer, functions } = props;
  const logs = Object.entries(functions).map(([group, fn]) => [group, fn.logGroup.logGroupName]);
  const arns = Object.entries(secrets).map(([name, { secretArn }]) => [name, secretArn]);
  resourceOf(restApi).addMetadata('secure-api', {
    name: api.name,
    roles: Object.keys(api.roles.byName),
    tiers: Object.keys(api.tiers),
    defaultTier: api.defaultTier,
    access: accessPolicy(api),
    logs: {
      access: accessLog.logGroupName,
      authorizer: authorizer.logGroup.logGroupName,
      functions: Object.fromEntries(logs),
    },
    ...(arns.length === 0 ? {} : { webhooks: Object.fromEntries(arns) }),
    ...(mtls === undefined ? {} : { mtls: mtlsHint(mtls, mutualTls?.revocationLists?.bucketName) }),
    identity: issuers.map(({ roles, tierClaim, clientClaim, audience }) => ({
      rolesClaim: roles.claim,
      tierClaim,
      clientClaim,
      ...(audience === undefined ? {} : { audience }),
    })),
  });
}

/** What a client needs a certificate for, with one name that stands for a client, because a list can be long. */
function mtlsHint({ revocation, client }: MtlsSettings, revocationLists?: string): object {
  const [example] = Object.entries(client?.names ?? {});
  const named = example === undefined ? {} : { name: example[0], client: example[1] };
  const lists = revocationLists === undefined ? {} : { revocationLists };
  return { revocation, ...lists, ...(client === undefined ? {} : { client: { from: client.from, ...named } }) };
}

function resourceOf(restApi: SpecRestApi): CfnRestApi {
  const resource = restApi.node.defaultChild;
  if (resource instanceof CfnRestApi) return resource;
  throw new Error('SpecRestApi without a CfnRestApi');
}

/** A role with which API Gateway is allowed to invoke these functions and nothing else. */
function invoker(scope: Construct, id: string, called: string, functions: readonly LambdaFunction[]): Role {
  const assumedBy = new ServicePrincipal('apigateway.amazonaws.com');
  const role = new ServiceRole(scope, id, { assumedBy, description: `API Gateway invokes ${called}` });
  const invoke = new PolicyStatement({
    actions: ['lambda:InvokeFunction'],
    resources: functions.map((fn) => fn.functionArn),
  });
  explain(role, `Invokes ${called}.`, () => role.addToPrincipalPolicy(invoke));
  return role;
}

function invocationUri(fn: LambdaFunction): string {
  const { partition, region } = Stack.of(fn);
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${fn.functionArn}/invocations`;
}
