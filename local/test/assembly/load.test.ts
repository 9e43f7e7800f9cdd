import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aws_cloudwatch_actions as actions,
  aws_apigateway as apigateway,
  aws_cloudwatch as cloudwatch,
  aws_cognito as cognito,
  Duration,
  aws_dynamodb as dynamodb,
  aws_lambda as lambda,
  aws_logs as logs,
  Stack,
  Stage,
  aws_secretsmanager as secrets,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
  aws_wafv2 as wafv2,
} from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/support/folders.ts';
import { loadAssembly } from '../../assembly/load.ts';
import type { StackModel } from '../../assembly/model.ts';
import { handlerOf, SMALLEST_API, specApi, synthesize, synthesizeStack } from '../support/assembly.ts';

const secretValue = () => 'S'.repeat(48);
const load = (directory: string, stack?: string): StackModel => loadAssembly(directory, { secretValue, stack });

describe('loading a stack that CDK synthesized', () => {
  it('finds each function with its unpacked asset, environment, limits and log group', () => {
    const model = load(
      synthesizeStack((stack) => {
        specApi(stack);
        const table = new dynamodb.Table(stack, 'Table', {
          partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
        });
        handlerOf(stack, {
          timeout: Duration.seconds(7),
          memorySize: 256,
          reservedConcurrentExecutions: 3,
          environment: { TABLE_NAME: table.tableName, REGION: stack.region },
          logGroup: new logs.LogGroup(stack, 'Logs', { logGroupName: '/documents/handler' }),
        });
      }),
    );
    const [handler] = model.functions;
    expect(handler).toMatchObject({
      timeoutSeconds: 7,
      memoryMb: 256,
      reservedConcurrency: 3,
      logGroup: '/documents/handler',
    });
    expect(handler?.environment).toEqual({ TABLE_NAME: model.tables[0]?.name, REGION: 'eu-west-1' });
    expect(existsSync(join(handler?.assetPath ?? '', 'index.mjs'))).toBe(true);
    expect(handler?.arn).toBe(`arn:aws:lambda:eu-west-1:000000000000:function:${handler?.name}`);
    expect(model.tables[0]?.properties).toMatchObject({
      TableName: model.tables[0]?.name,
      KeySchema: [{ AttributeName: 'pk' }],
    });
  });

  it('unpacks inline code beside the assets', () => {
    const code = lambda.Code.fromInline('exports.handler = async () => 1');
    const model = load(synthesizeStack((stack) => handlerOf(stack, { code }) && specApi(stack)));
    expect(readFileSync(join(model.functions[0]?.assetPath ?? '', 'index.js'), 'utf8')).toContain('exports.handler');
  });

  it('returns the same names and ids at every load', () => {
    const directory = synthesizeStack((stack) => specApi(stack) && handlerOf(stack));
    expect(load(directory)).toEqual(load(directory));
  });

  it('reads stage throttles by method and path, access log and variables', () => {
    const model = load(
      synthesizeStack((stack) => {
        const group = new logs.LogGroup(stack, 'Access');
        specApi(stack, {
          deployOptions: {
            stageName: 'live',
            throttlingRateLimit: 50,
            throttlingBurstLimit: 60,
            methodOptions: { '/documents/{id}/GET': { throttlingRateLimit: 5, throttlingBurstLimit: 6 } },
            variables: { colour: 'green' },
            accessLogDestination: new apigateway.LogGroupLogDestination(group),
            accessLogFormat: apigateway.AccessLogFormat.custom('{"id":"$context.requestId"}'),
          },
        });
      }),
    );
    const stage = model.apis[0]?.stage;
    expect(stage?.methodThrottles).toEqual({
      '*': { rate: 50, burst: 60 },
      'GET /documents/{id}': { rate: 5, burst: 6 },
    });
    expect(stage?.accessLog?.format).toBe('{"id":"$context.requestId"}');
    expect(stage?.accessLog?.logGroup).toMatch(/^Sample-Access/);
    expect(stage).toMatchObject({ name: 'live', tracing: false, variables: { colour: 'green' } });
  });

  it('joins usage plans and keys, the key made from a generated secret', () => {
    const model = load(
      synthesizeStack((stack) => {
        const api = specApi(stack);
        const secret = new secrets.Secret(stack, 'Keys', { generateSecretString: { passwordLength: 48 } });
        const plan = api.addUsagePlan('Free', {
          name: 'free',
          throttle: { rateLimit: 10, burstLimit: 20 },
          quota: { limit: 10_000, period: apigateway.Period.DAY },
          apiStages: [{ stage: api.deploymentStage }],
        });
        plan.addApiKey(api.addApiKey('Key', { value: `free-${secret.secretValue.unsafeUnwrap()}` }));
      }),
    );
    const [plan] = model.usagePlans;
    expect(plan).toMatchObject({
      name: 'free',
      throttle: { rate: 10, burst: 20 },
      quota: { limit: 10_000, period: 'DAY' },
    });
    expect(plan?.stages).toEqual([{ restApiId: model.apis[0]?.id, stage: 'prod', methods: {} }]);
    expect(model.apiKeys[0]).toMatchObject({ value: `free-${secretValue()}`, enabled: true, planIds: [plan?.id] });
    expect(model.secrets[0]?.generate).toEqual({ PasswordLength: 48 });
  });

  it('attaches a web ACL to its stage, rules by priority, and reports the managed groups that are not emulated', () => {
    const visibility = { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'acl' };
    const managed = { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesCommonRuleSet' } };
    const rate = { rateBasedStatement: { limit: 100, aggregateKeyType: 'IP' } };
    const model = load(
      synthesizeStack((stack) => {
        const api = specApi(stack);
        const acl = new wafv2.CfnWebACL(stack, 'Acl', {
          scope: 'REGIONAL',
          defaultAction: { allow: {} },
          visibilityConfig: visibility,
          customResponseBodies: { blocked: { contentType: 'APPLICATION_JSON', content: '{}' } },
          associationConfig: { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: 'KB_48' } } },
          rules: [
            {
              name: 'common',
              priority: 2,
              statement: managed,
              overrideAction: { none: {} },
              visibilityConfig: visibility,
            },
            { name: 'rate', priority: 1, statement: rate, action: { block: {} }, visibilityConfig: visibility },
          ],
        });
        const resourceArn = api.deploymentStage.stageArn;
        new wafv2.CfnWebACLAssociation(stack, 'Join', { resourceArn, webAclArn: acl.attrArn });
      }),
    );
    const acl = model.apis[0]?.webAcl;
    expect(acl?.rules.map((rule) => rule['Name'])).toEqual(['rate', 'common']);
    expect(acl).toMatchObject({ metricName: 'acl', defaultAction: { Allow: {} } });
    expect(acl?.customResponseBodies).toEqual({ blocked: { contentType: 'APPLICATION_JSON', content: '{}' } });
    expect(acl?.inspectedBodyBytes).toBe(49_152);
    expect(model.emulationGaps.map(({ detail }) => detail).join('\n')).toContain(
      'rule common: of managed rule groups only the sizes',
    );
  });

  it('reads plain and metric-math alarms with their topics, filters and user pools', () => {
    const model = load(
      synthesizeStack((stack) => {
        specApi(stack);
        const topic = new sns.Topic(stack, 'Topic');
        topic.addSubscription(new subscriptions.EmailSubscription('ops@example.com'));
        const metric = (metricName: string) =>
          new cloudwatch.Metric({ namespace: 'N', metricName, period: Duration.minutes(1) });
        const slow = metric('Latency').with({ statistic: 'p99', dimensionsMap: { ApiName: 'documents' } });
        const options = { threshold: 5, evaluationPeriods: 3 };
        slow.createAlarm(stack, 'Slow', { ...options, alarmName: 'slow', datapointsToAlarm: 2 });
        const rate = new cloudwatch.MathExpression({
          expression: 'errors / requests',
          usingMetrics: { errors: metric('E'), requests: metric('R') },
          period: Duration.minutes(1),
        });
        const alarm = rate.createAlarm(stack, 'Rate', { ...options, alarmName: 'rate' });
        alarm.addAlarmAction(new actions.SnsAction(topic));
        const logGroup = new logs.LogGroup(stack, 'Access', { logGroupName: 'access' });
        const filterPattern = logs.FilterPattern.numberValue('$.status', '=', 401);
        new logs.MetricFilter(stack, 'Filter', {
          logGroup,
          filterPattern,
          metricNamespace: 'L',
          metricName: 'M',
          defaultValue: 0,
        });
        new cognito.UserPool(stack, 'Pool').addClient('Client');
      }),
    );
    const [slow, rate] = model.alarms;
    const metric = {
      namespace: 'N',
      name: 'Latency',
      dimensions: { ApiName: 'documents' },
      statistic: 'p99',
      periodSeconds: 60,
    };
    expect(slow?.queries).toEqual([{ id: 'm1', metric, returnData: true }]);
    expect(slow).toMatchObject({ datapointsToAlarm: 2, evaluationPeriods: 3, treatMissingData: 'missing' });
    expect(rate).toMatchObject({ periodSeconds: 60, datapointsToAlarm: 3, alarmActions: [model.topics[0]?.arn] });
    expect(rate?.queries.filter(({ returnData }) => returnData)[0]?.expression).toBe('errors / requests');
    expect(model.topics[0]?.subscriptions).toEqual([{ protocol: 'email', endpoint: 'ops@example.com' }]);
    const transformation = { namespace: 'L', name: 'M', value: '1', defaultValue: 0, dimensions: {} };
    expect(model.metricFilters).toEqual([
      { logGroup: 'access', pattern: '{ $.status = 401 }', transformations: [transformation] },
    ]);
    expect(model.userPools[0]?.issuer).toBe(`https://cognito-idp.eu-west-1.amazonaws.com/${model.userPools[0]?.id}`);
    expect(model.userPools[0]?.clients).toEqual([
      {
        id: expect.stringMatching(/^\w{26}$/),
        name: expect.stringMatching(/^PoolClient/),
        hasSecret: false,
        flows: ['implicit', 'code'],
        scopes: expect.arrayContaining(['openid']),
        callbackUrls: ['https://example.com'],
      },
    ]);
  });

  it('reports what is not emulated, and not what makes no difference locally', () => {
    const model = load(
      synthesizeStack((stack) => {
        specApi(stack);
        handlerOf(stack, { tracing: lambda.Tracing.ACTIVE, runtime: lambda.Runtime.PYTHON_3_13 });
        new cloudwatch.Dashboard(stack, 'Dashboard');
      }),
    );
    const details = model.emulationGaps.map(({ type, detail }) => `${type.split('::')[2]}: ${detail}`);
    expect(details).toEqual([
      'RestApi: the security policy (the default, TLS_1_0) accepts TLS 1.0; the local minimum is TLS 1.2',
      'Function: the runtime python3.13 is not supported, only nodejs is',
    ]);
  });

  it('takes the TLS version and key source from properties or from the body', () => {
    const body = (extra: object) => ({ ...SMALLEST_API.Api.Properties.Body, ...extra });
    const model = load(
      synthesizeStack((stack) => {
        const definition = apigateway.ApiDefinition.fromInline(
          body({
            'x-amazon-apigateway-api-key-source': 'AUTHORIZER',
            'x-amazon-apigateway-security-policy': 'SecurityPolicy_TLS13_1_3_2025_09',
          }),
        );
        specApi(stack, { apiDefinition: definition });
      }),
    );
    expect(model.apis[0]).toMatchObject({ apiKeySource: 'AUTHORIZER', minTlsVersion: 'TLSv1.3' });
    expect(model.emulationGaps).toEqual([]);
  });

  it('reads an API definition that is an asset', () => {
    const asset = join(folderOf({ 'api.json': JSON.stringify(SMALLEST_API.Api.Properties.Body) }), 'api.json');
    const apiDefinition = apigateway.ApiDefinition.fromAsset(asset);
    const model = load(synthesizeStack((stack) => specApi(stack, { apiDefinition })));
    expect(model.apis[0]?.body).toEqual(SMALLEST_API.Api.Properties.Body);
  });

  it('follows exports into the stack that a stack depends on, and finds stacks in stages', () => {
    const directory = synthesize((app) => {
      const stage = new Stage(app, 'Prod', { env: { account: '123456789012', region: 'eu-central-1' } });
      const data = new Stack(stage, 'Data');
      const table = new dynamodb.Table(data, 'Table', {
        partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      });
      const api = new Stack(stage, 'Api');
      specApi(api);
      handlerOf(api, { environment: { TABLE: table.tableName, TABLE_ARN: table.tableArn } });
    });
    const model = load(directory);
    expect(model).toMatchObject({ name: 'Prod-Api', region: 'eu-central-1', account: '123456789012' });
    const name = model.tables[0]?.name;
    const arn = `arn:aws:dynamodb:eu-central-1:123456789012:table/${name}`;
    expect(model.functions[0]?.environment).toEqual({ TABLE: name, TABLE_ARN: arn });
    expect(load(directory, 'Prod/Api').name).toBe('Prod-Api');
  });
});
