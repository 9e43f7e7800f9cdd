import { Annotations, Names, Stack } from 'aws-cdk-lib';
import type { SpecRestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm, Dashboard, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import type { Api } from '../definition/api.ts';
import type { RouteIdOf } from '../definition/handlers.ts';
import { gatewayGaps } from '../openapi/index.ts';
import { type Bundles, bundleFunctions } from './bundle/bundle.ts';
import { serveDomain } from './edge/domain.ts';
import { createWebAcl } from './edge/waf.ts';
import { encryptionKey } from './encryption.ts';
import { authorizerFunction, groupFunctions, usageFunction } from './functions.ts';
import { createGateway } from './gateway.ts';
import { bindIdentities, identitiesOf, readWarmKeys } from './identity/bind.ts';
import { createProofs, createRevocations } from './identity/tables.ts';
import { invalid } from './invalid.ts';
import { clientKeys } from './limits/clientKeys.ts';
import { clientsTable, lookUpClients } from './limits/clientsTable.ts';
import { limitGaps } from './limits/connected.ts';
import { countExactly } from './limits/countersTable.ts';
import { accountRate, headroomWarnings } from './limits/headroom.ts';
import { createPlans } from './limits/plans.ts';
import { fragmentOf } from './limits/template.ts';
import { watchUsage } from './limits/usageWatch.ts';
import { logGroup } from './logs.ts';
import { createAlarms } from './monitoring/alarms.ts';
import { createDashboard } from './monitoring/dashboard.ts';
import { countRejections, decisionMetric, type RejectionName, rejectionMetric } from './monitoring/metrics.ts';
import { saveQueries } from './monitoring/queries.ts';
import { watchTalkers } from './monitoring/talkers.ts';
import { createTopic } from './monitoring/topic.ts';
import type { SecureApiProps } from './props.ts';
import { settingsOf } from './settings.ts';

/** API Gateway and the dashboard are named alike; WAF's metric names, the shortest, take 128 with their endings. */
const LONGEST_NAME = 80;

/**
 * A whole secure API from one definition: gateway, authorizer, handlers, limits, web ACL, logs, alarms.
 *
 * @throws {ConfigError} when a prop is wrong: `handlers-…`, `handler-without-export`, `bundle-failed`,
 * `identity-invalid`, `domain-invalid`, `notify-invalid`, `option-invalid`. A synth fails with `limits-disconnected` when
 * something removed or overrode a part without which limits do nothing.
 * @example
 * ```ts
 * new SecureApi(this, 'Api', {
 *   definition: documents,
 *   handlers: './lambdas/documents',
 *   identity: Identity.cognito(),
 *   notify: [Notify.email('ops@example.com')],
 * });
 * ```
 */
export class SecureApi<A extends Api = Api> extends Construct {
  /** Where clients reach the API: the domain, or the stage's own address. */
  readonly url: string;
  readonly restApi: SpecRestApi;
  readonly stage: Stage;
  /** The function that verifies tokens. */
  readonly authorizer: LambdaFunction;
  /** The handler functions by group: the first segment of the path, or the name of an isolated route. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly alarmTopic: Topic;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;
  /** The user pool of `Identity.cognito()`. */
  readonly userPool?: UserPool;
  /** The deny list of tokens, with `revocation`. `secure-api tokens revoke` writes to it. */
  readonly revocations?: TableV2;
  /** The registered clients, with the prop `clients`. */
  readonly clients?: TableV2;
  /** What is in each function, and how large it is. */
  readonly bundles: Bundles;
  private readonly definition: A;

  constructor(scope: Construct, id: string, props: SecureApiProps<A>) {
    super(scope, id);
    const { definition: api, notify = [] } = props;
    this.definition = api;
    const account = accountRate(this);
    const settings = settingsOf(props, account);
    this.warn(api);
    for (const warning of headroomWarnings(api, settings.throttle, account)) {
      Annotations.of(this).addWarningV2('secure-api:account-headroom', warning);
    }

    const key = encryptionKey(this, api.name);
    const logs = { retention: settings.logRetention, removalPolicy: settings.logRemovalPolicy, key };
    const secret = clientKeys(this, api.name, key);
    const given = identitiesOf(props.identity);
    this.bundles = bundleFunctions(api, props.handlers, readWarmKeys(this, given));
    const shared = { api, logs, tracing: settings.tracing };
    const { pretoken } = this.bundles;
    const identities = bindIdentities(this, given, { api, encryptionKey: key, functions: shared, pretoken });
    const sources = identities.map(({ source }) => source);
    this.userPool = identities.find(({ userPool }) => userPool !== undefined)?.userPool;

    const handlerEnvironment = { SECURE_API_RESPONSES: settings.responses, ...settings.environment };
    this.functions = groupFunctions(this, this.bundles, { ...shared, environment: handlerEnvironment });
    const { revocation = false } = props;
    const denied = revocation === false ? undefined : createRevocations(this, revocation === true ? {} : revocation);
    this.revocations = denied?.table;
    const proofs = createProofs(this, sources);
    const environment = {
      SECURE_API_TOKEN_ISSUERS: Stack.of(this).toJsonString(sources),
      SECURE_API_KEYS_SECRET: secret.secretArn,
      ...denied?.environment,
      ...proofs?.environment,
    };
    this.authorizer = authorizerFunction(this, this.bundles, { ...shared, environment });
    secret.grantRead(this.authorizer);
    for (const part of [...identities, denied, proofs]) part?.grantTo?.(this.authorizer);
    countExactly(this, api, this.functions);
    const usage = props.clients === true ? usageFunction(this, this.bundles.usage, shared) : undefined;
    // Without staging, the assets stay where they were built.
    if (this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT) === undefined) this.bundles.remove();

    const accessLog = logGroup(this, 'AccessLog', logs);
    this.restApi = createGateway(this, {
      api,
      name: Names.uniqueResourceName(this, { maxLength: LONGEST_NAME, separator: '-' }),
      authorizer: this.authorizer,
      functions: this.functions,
      accessLog,
      identity: sources,
      settings,
      disableExecuteApiEndpoint: props.domain !== undefined,
    });
    this.stage = this.restApi.deploymentStage;
    this.clients = props.clients === true ? clientsTable(this) : undefined;
    if (this.clients !== undefined) lookUpClients(this.authorizer, this.clients);
    const planIds = createPlans(this, { api, stage: this.stage, secret, clients: this.clients });
    if (usage !== undefined) watchUsage(usage, api, planIds);
    this.node.addValidation({ validate: () => this.unjoined() });

    const { stageName } = settings;
    const webAcl = createWebAcl(this, { api, stage: this.stage, stageName, logs }, props.waf ?? {});
    const served = props.domain === undefined ? undefined : serveDomain(this, this.restApi, props.domain);
    this.url = served === undefined ? this.restApi.url : `https://${served.domain.domainName}/`;

    const { restApi, stage, authorizer, functions } = this;
    const subjects = {
      api,
      restApi,
      stage,
      authorizer,
      functions,
      accessLog,
      usage,
      webAcl,
      certificate: served?.certificate,
      triggers: identities.flatMap(({ trigger }) => trigger ?? []),
    };
    countRejections(this, restApi.restApiName, accessLog);
    this.alarmTopic = createTopic(this, key, notify);
    const theirs = notify.flatMap(({ target }) => (target.kind === 'topic' ? [target.topic] : []));
    const topics = [this.alarmTopic, ...theirs];
    this.alarms = createAlarms(this, subjects, { thresholds: props.alarms ?? {}, topics });
    this.dashboard = createDashboard(this, subjects, this.alarms);
    saveQueries(this, subjects);
    watchTalkers(this, subjects);
  }

  /**
   * The function that serves a route, to give it rights and variables: `table.grantReadData(api.handler('listDocuments'))`.
   * Routes of one group share a function, and so their rights.
   *
   * @throws {ConfigError} `option-invalid` when the definition has no such route.
   */
  handler(routeId: RouteIdOf<A>): LambdaFunction {
    const { routes } = this.definition as Api;
    const found = Object.hasOwn(routes, routeId) ? this.functions[routes[routeId]?.group ?? ''] : undefined;
    if (found !== undefined) return found;
    throw invalid({
      location: 'handler()',
      found: JSON.stringify(routeId),
      expected: `one of ${Object.keys(routes).join(', ')}`,
      fix: 'Name a route of the definition.',
    });
  }

  /** Lets a principal call the functions directly, past gateway and authorizer; for operations, not for clients. */
  grantInvoke(grantee: IGrantable): readonly Grant[] {
    return Object.values(this.functions).map((fn) => fn.grantInvoke(grantee));
  }

  /**
   * Lets a principal put tokens, subjects and clients on the deny list, and take them off it.
   *
   * @throws {ConfigError} `option-invalid` without `revocation`.
   */
  grantRevoke(grantee: IGrantable): Grant {
    if (this.revocations !== undefined)
      return this.revocations.grant(grantee, 'dynamodb:PutItem', 'dynamodb:DeleteItem');
    const fix = 'Set revocation: true, so that there is a list.';
    throw invalid({ location: 'grantRevoke()', found: 'no deny list', expected: 'the prop revocation', fix });
  }

  /** All requests; the sum over five minutes unless options say otherwise. */
  metricRequests(options?: MetricOptions): Metric {
    return this.stage.metricCount({ statistic: 'Sum', ...options });
  }

  /** Answers 5xx. */
  metric5xx(options?: MetricOptions): Metric {
    return this.stage.metricServerError({ statistic: 'Sum', ...options });
  }

  /** Milliseconds from request to answer; the slowest one percent unless options say otherwise. */
  metricLatency(options?: MetricOptions): Metric {
    return this.stage.metricLatency({ statistic: 'p99', ...options });
  }

  /** Refused requests of a kind, counted from the access log. */
  metricRejected(kind: RejectionName, options?: MetricOptions): Metric {
    return rejectionMetric(this.restApi.restApiName, kind, options);
  }

  /** Requests without a valid token. */
  metricUnauthorized(options?: MetricOptions): Metric {
    return this.metricRejected('Unauthorized', options);
  }

  /** Decisions of the authorizer, by outcome. */
  metricAuthorizer(outcome: 'Allow' | 'Deny' | 'Reject' | 'Error', options?: MetricOptions): Metric {
    return decisionMetric(this.definition.name, `Authorizer${outcome}`, options);
  }

  private warn(api: Api): void {
    const { warnings } = api;
    for (const { code, location, found, expected, fix } of warnings) {
      const message = `${location}: found ${found}; expected ${expected}. ${fix}`;
      Annotations.of(this).addWarningV2(`secure-api:${code}`, message);
    }
    const gaps = gatewayGaps(api).length;
    if (gaps > 0) {
      const message = `${gaps} rules of the definition are checked by the functions alone, because API Gateway cannot: secure-api openapi --gaps lists them.`;
      Annotations.of(this).addInfo(message);
    }
  }

  /** Fails the synth when limits would silently do nothing. */
  private unjoined(): string[] {
    return limitGaps(this.definition, fragmentOf(this)).map(
      (gap) => `limits-disconnected: ${gap}. Remove what overrides it.`,
    );
  }
}
