import type { SpecRestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { AlarmBase, Dashboard, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type Bundles, bundleFunctions } from '../bundle/bundle.ts';
import type { Api } from '../definition/api.ts';
import type { RouteIdOf } from '../definition/handlers.ts';
import type { NameOf } from '../definition/suggestion.ts';
import { cloudFrontOf } from './cloudfront/behindCloudFront.ts';
import type { CloudFront } from './cloudfront/cloudFront.ts';
import { corsOf } from './cors/cors.ts';
import { Edge } from './edge/edge.ts';
import { publicAddressOf } from './edge/publicAddress.ts';
import { transportOf } from './edge/transport.ts';
import { Encryption } from './encryption.ts';
import { Handlers } from './functions/handlers.ts';
import { idempotencyTable } from './functions/idempotencyTable.ts';
import { pendingBundles, stageBundles } from './functions/pendingCode.ts';
import { Gateway } from './gateway/gateway.ts';
import { Authorization } from './identity/authorization.ts';
import { Identities, identitiesOf, readWarmKeys } from './identity/identities.ts';
import { requireShape } from './invalid.ts';
import { deleteKeysOnRemoval } from './limits/clientKeys.ts';
import { Limits } from './limits/limits.ts';
import { createCanaries } from './monitoring/canary.ts';
import { decisionMetric, type RejectionName, rejectionMetric } from './monitoring/metrics.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { deployedClients } from './mtls/deployedClients.ts';
import { certificateSettings, type MutualTls, mutualTlsOf, trustStoreOf } from './mtls/mutualTls.ts';
import { Outputs } from './outputs.ts';
import type { RequiredWebhooks, SecureApiProps } from './props.ts';
import { secureApiProps } from './propsShape.ts';
import { keepState } from './removal/keepState.ts';
import { settingsOf } from './settings.ts';
import { requireStackQuotas, requireTemplateSize } from './stackQuotas.ts';
import { synthFaults } from './synthFaults.ts';
import { addWarnings } from './warnings.ts';
import { boundSecrets } from './webhooks/webhookSecrets.ts';
import { Webhooks } from './webhooks/webhooks.ts';

/**
 * A whole secure API from one definition: gateway, authorizer, handlers, limits, web ACL, logs, alarms.
 *
 * @throws {ConfigError} when a prop is wrong: `handlers-…`, `handler-…`, `bundle-…`,
 * `identity-invalid`, `webhook-…`, `domain-invalid`, `edge-invalid`, `tls-invalid`, `mtls-invalid`, `cors-invalid`, `notify-invalid`, `option-invalid`, `stack-too-large`. A synth fails with `limits-disconnected` when
 * an override or a removal makes a limit do nothing.
 * @example
 * ```ts
 * const stack = new Stack(new App(), 'Notes');
 * new SecureApi(stack, 'Api', {
 *   definition: notes,
 *   handlers: './handlers',
 *   identity: Identity.cognito(),
 *   notify: [Notify.email('ops@example.com')],
 * });
 * ```
 */
export class SecureApi<A extends Api = Api> extends Construct {
  /** The key that encrypts logs, secrets and the alarm topic. */
  readonly encryption: Encryption;
  /** The issuers whose tokens are accepted, with the user pool of `Identity.cognito()`. */
  readonly identities: Identities;
  /** The authorizer with what it reads: secret, deny list, used proofs. */
  readonly authorization: Authorization;
  /** The functions that serve routes. */
  readonly handlers: Handlers;
  /** The REST API, its stage and access log. */
  readonly gateway: Gateway;
  /** Usage plans, registered clients, counters. */
  readonly limits: Limits;
  /** What verifies the messages of webhooks: secrets and handled messages. */
  readonly webhooks: Webhooks;
  /** The web ACL and the domain. */
  readonly edge: Edge;
  /** The distributions, with `edge: 'cloudfront'`. They are in a stack in us-east-1. */
  readonly cloudFront?: CloudFront;
  /** Alarms, dashboard, saved queries. */
  readonly monitoring: Monitoring;
  /** The idempotency keys with the responses to their requests, where a route has the option `idempotency`. */
  readonly idempotencyKeys?: Table;
  /** What client certificates are checked with, with `mtls`. */
  readonly mutualTls?: MutualTls;
  /** What is in each function, and how large it is. */
  readonly bundles: Bundles;

  constructor(scope: Construct, id: string, props: SecureApiProps<A> & RequiredWebhooks<A>) {
    super(scope, id);
    requireShape(secureApiProps, props);
    const { definition: api, domain, revocation } = props;
    const address = domain && publicAddressOf(domain);
    const transport = transportOf(this, props);
    const identities = identitiesOf(props.identity);
    const secrets = boundSecrets(api, props.webhooks);
    const settings = settingsOf(this, props);
    const cors = corsOf(api, props.cors);
    addWarnings(this, api, { ...settings, address, notify: props.notify });

    this.encryption = new Encryption(this, 'Key', { apiName: api.name, removal: settings.removal });
    const encryptionKey = this.encryption.key;
    const logs = { retention: settings.logRetention, removalPolicy: settings.logRemovalPolicy, key: encryptionKey };
    const common = { ...settings, ...transport, address, api, cors, logs, encryptionKey };

    const trusted = trustStoreOf(transport);
    const certificates = transport.mtls && trusted && certificateSettings(transport.mtls, trusted);
    const warmKeys = readWarmKeys(this, identities);
    const code = { ...settings, cors, warmKeys, certificates, before: () => requireTemplateSize(this, api) };
    const bundles = pendingBundles(Object.values(api.routes).map(({ group }) => group));
    this.identities = new Identities(this, 'Identity', { ...common, identities, pretoken: bundles.pretoken });
    const { issuers } = this.identities;
    this.mutualTls = mutualTlsOf(this, { ...common, trusted });
    const certificateClients = deployedClients(transport.mtls?.client, this.identities);
    const accepted = { identities: this.identities, revocation, mutualTls: this.mutualTls, certificateClients };
    this.authorization = new Authorization(this, 'Authorizer', { ...common, ...accepted, bundle: bundles.authorizer });
    const { authorizer, keysSecret, forBundle } = this.authorization;
    this.handlers = new Handlers(this, 'Handlers', { ...common, bundles: bundles.groups });
    const functions = { authorizer, functions: this.handlers.functions };
    this.idempotencyKeys = idempotencyTable(this, { ...common, ...functions });
    this.webhooks = new Webhooks(this, 'Webhooks', { api, functions: this.handlers.functions, secrets });
    this.gateway = new Gateway(this, 'RestApi', {
      ...common,
      ...functions,
      issuers,
      address,
      secrets,
      mutualTls: this.mutualTls,
    });
    const { restApi, stage, accessLog } = this.gateway;
    const jobs = { usageBundle: bundles.usage, rotationBundle: bundles.rotation };
    const clients = { hasClients: props.clients ?? false, ...jobs };
    this.limits = new Limits(this, 'Limits', { ...common, ...functions, stage, keysSecret, ...clients });
    const { usage, rotation, usagePlans: plans } = this.limits;
    if (settings.removal === 'destroy') deleteKeysOnRemoval(this.limits, { restApi, plans, rotation });
    this.edge = new Edge(this, 'Edge', {
      ...common,
      restApi,
      stage,
      domain,
      address,
      // CloudFront asks viewers for certificates: it has none itself for the API.
      trustStore: transport.cloudFront === undefined ? this.mutualTls?.trustStore : undefined,
      waf: props.waf,
    });

    const { webAcl, webAclLog, certificate } = this.edge;
    const canaries = createCanaries(this, { ...common, props, url: this.url, bundle: bundles.endpointCheck });
    const { revocations, proofs } = this.authorization;
    const { counters, clients: registered } = this.limits;
    const tables = {
      revocations,
      proofs,
      clients: registered,
      counters,
      idempotencyKeys: this.idempotencyKeys,
      messages: this.webhooks.messages,
    };
    const at = {
      isBehindCloudFront: transport.cloudFront !== undefined,
      hasRevocationLists: this.mutualTls?.revocationLists !== undefined,
    };
    const jobsOf = { usage, rotation, ...canaries };
    const watched = {
      ...functions,
      ...this.identities.watched,
      ...jobsOf,
      restApi,
      stage,
      accessLog,
      webAcl,
      webAclLog,
      certificate,
      tables,
      ...at,
    };
    const { notify, alarms: thresholds, runbooks, owner, guardDuty, budget } = props;
    const alarms = { notify, thresholds, runbooks, owner, guardDuty, budget };
    this.cloudFront = cloudFrontOf(
      this,
      { ...common, ...alarms, waf: props.waf, revocation: this.mutualTls?.revocation },
      { edge: this.edge, domain },
    );
    this.monitoring = new Monitoring(this, 'Monitoring', { ...common, ...watched, ...alarms, code: bundles.notifier });
    this.cloudFront?.notifyBy(this.monitoring.notifier.function);
    const revocationLists = this.mutualTls?.revocationLists?.bucketName;
    new Outputs(this, 'Outputs', { ...common, url: this.url, identities: this.identities, revocationLists });
    keepState(this);
    this.node.addValidation({ validate: () => synthFaults(this, api) });
    requireStackQuotas(this, api);
    this.bundles = stageBundles(this, bundles, () => bundleFunctions(api, props.handlers, { ...code, ...forBundle }));
  }

  /** Where clients reach the API: the domain, or the stage's own address. */
  get url(): string {
    return this.edge.url;
  }

  get restApi(): SpecRestApi {
    return this.gateway.restApi;
  }

  get stage(): Stage {
    return this.gateway.stage;
  }

  /** The function that verifies tokens. */
  get authorizer(): LambdaFunction {
    return this.authorization.authorizer;
  }

  /** The handler functions by group: the first segment of the path, or the name of an isolated route, with `-isolated` where a path begins with this name. */
  get functions(): Readonly<Record<string, LambdaFunction>> {
    return this.handlers.functions;
  }

  /** The topic of alarms that wake a person; `monitoring.topics` has those of the other severities, too. */
  get alarmTopic(): Topic {
    return this.monitoring.topics.page;
  }

  /** The alarms that notify. */
  get alarms(): readonly AlarmBase[] {
    return this.monitoring.alarms;
  }

  get dashboard(): Dashboard {
    return this.monitoring.dashboard;
  }

  /** The user pool of `Identity.cognito()`. */
  get userPool(): UserPool | undefined {
    return this.identities.userPool;
  }

  /** The deny list of tokens, with `revocation`. `secure-api tokens revoke` writes to it. */
  get revocations(): TableV2 | undefined {
    return this.authorization.revocations;
  }

  /** The registered clients, with the prop `clients`. */
  get clients(): TableV2 | undefined {
    return this.limits.clients;
  }

  /**
   * The function that serves a route, to give it rights and variables: `table.grantReadData(api.handler('listDocuments'))`.
   * Routes of one group share a function, and so their rights.
   *
   * @throws {ConfigError} `option-invalid` when the definition has no such route.
   */
  handler<const Id extends RouteIdOf<A> | (string & {})>(routeId: NameOf<'route', Id, RouteIdOf<A>>): LambdaFunction {
    return this.handlers.functionOf(routeId);
  }

  /** Lets a principal invoke the functions directly, past gateway and authorizer; for operations, not for clients. */
  grantInvoke(grantee: IGrantable): readonly Grant[] {
    return this.handlers.grantInvoke(grantee);
  }

  /**
   * Lets a principal put tokens, subjects and clients on the deny list, and take them off it.
   *
   * @throws {ConfigError} `option-invalid` without `revocation`.
   */
  grantRevoke(grantee: IGrantable): Grant {
    return this.authorization.grantRevoke(grantee);
  }

  /** All requests; the sum over five minutes unless options say otherwise. */
  metricRequests(options?: MetricOptions): Metric {
    return this.stage.metricCount({ statistic: 'Sum', ...options });
  }

  /** Responses with a status of 5xx. */
  metric5xx(options?: MetricOptions): Metric {
    return this.stage.metricServerError({ statistic: 'Sum', ...options });
  }

  /** Milliseconds from request to response; the slowest one percent unless options say otherwise. */
  metricLatency(options?: MetricOptions): Metric {
    return this.stage.metricLatency({ statistic: 'p99', ...options });
  }

  /** Rejected requests of a kind, counted from the access log. */
  metricRejected(kind: RejectionName, options?: MetricOptions): Metric {
    return rejectionMetric(this.restApi.restApiName, kind, options);
  }

  /** Requests without a valid token. */
  metricUnauthorized(options?: MetricOptions): Metric {
    return this.metricRejected('Unauthorized', options);
  }

  /** Decisions of the authorizer, by outcome. */
  metricAuthorizer(outcome: 'Allow' | 'Deny' | 'Reject' | 'Error', options?: MetricOptions): Metric {
    return decisionMetric(this.restApi.restApiName, `Authorizer${outcome}`, options);
  }
}
