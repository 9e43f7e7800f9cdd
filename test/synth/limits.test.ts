import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { rateLimit } from '../../lib/definition/tiers.ts';
import { at, listAt, ofType, only, smallApi, smallTemplate, synthesizeUnderRules, withSmall } from './support.ts';

const api = smallApi();
let template: Template;
beforeAll(() => {
  template = smallTemplate();
});

describe('each tier', () => {
  it('has a plan with its rate, burst and quota, and with the limits of single routes', () => {
    const plans = ofType(template, 'AWS::ApiGateway::UsagePlan').map(([, { Properties }]) => Properties);
    const [free, paid] = plans;
    expect(free).toMatchObject({ Throttle: { RateLimit: 10, BurstLimit: 20 }, Quota: { Limit: 1000, Period: 'DAY' } });
    expect(at(free, 'ApiStages.0.Throttle')).toEqual({
      '/things/count/GET': { RateLimit: 1, BurstLimit: 2 },
      '/things/count/HEAD': { RateLimit: 1, BurstLimit: 2 },
    });
    expect(paid).toMatchObject({
      Throttle: { RateLimit: 50, BurstLimit: 60 },
      Quota: { Limit: 90_000, Period: 'MONTH' },
    });
    expect(at(paid, 'ApiStages.0.Throttle')).toBeUndefined();
  });

  it('has a key whose value CloudFormation resolves, which is in no template', () => {
    const values = ofType(template, 'AWS::ApiGateway::ApiKey').map(([, { Properties }]) => Properties.Value);
    expect(values).toEqual(
      ['free', 'paid'].map((tier) => ({
        'Fn::Join': [
          '',
          [`${tier}-{{resolve:secretsmanager:`, { Ref: expect.stringContaining('ClientKeys') }, ':SecretString:::}}'],
        ],
      })),
    );
  });
});

describe('a public route', () => {
  const anonymous = { rate: 5, burst: 8, perAddress: 100 };
  const open = { ...api.routes['listThings'], access: { kind: 'public', reason: 'open to all' } };
  const settings = (definition: Api) =>
    listAt(ofType(smallTemplate({ definition }), 'AWS::ApiGateway::Stage')[0]?.[1].Properties, 'MethodSettings');

  it('is throttled over all callers, as no plan can, and keeps its metrics', () => {
    const definition = { ...api, anonymous, routes: { ...api.routes, listThings: open } } as unknown as Api;
    expect(settings(definition).slice(1)).toEqual(
      ['GET', 'HEAD'].map((HttpMethod) => ({
        HttpMethod,
        ResourcePath: '/~1things',
        ThrottlingRateLimit: 5,
        ThrottlingBurstLimit: 8,
        MetricsEnabled: true,
        DataTraceEnabled: false,
      })),
    );
    expect(settings({ ...api, anonymous } as Api)).toHaveLength(1);
  });
});

describe('registered clients', () => {
  const made = () => smallTemplate({ clients: true });

  it('stand in a table that outlives the stack, which the authorizer may read item by item', () => {
    const template = made();
    const [[id, table] = ['', undefined]] = ofType(template, 'AWS::DynamoDB::GlobalTable');
    expect(table?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(at(table, 'Properties.KeySchema')).toEqual([
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ]);
    const authorizer = ofType(template, 'AWS::Lambda::Function').find(([name]) => name.includes('Authorizer'));
    expect(at(authorizer?.[1], 'Properties.Environment.Variables.SECURE_API_CLIENTS_TABLE')).toEqual({ Ref: id });
    const statements = ofType(template, 'AWS::IAM::Policy')
      .flatMap(([, policy]) => listAt(policy, 'Properties.PolicyDocument.Statement'))
      .filter((statement) => JSON.stringify(statement).includes(id));
    expect(statements.map((statement) => at(statement, 'Action'))).toEqual(['dynamodb:GetItem']);
  });

  it('are found by the tags of the plans', () => {
    const tags = ofType(made(), 'AWS::ApiGateway::UsagePlan').map(([, { Properties }]) =>
      Object.fromEntries(listAt(Properties, 'Tags').map((tag) => [at(tag, 'Key'), at(tag, 'Value')])),
    );
    expect(tags.map((each) => each['secure-api:tier'])).toEqual(['free', 'paid']);
    expect(tags[0]).toEqual({
      'secure-api:api': 'small',
      'secure-api:tier': 'free',
      'secure-api:keysSecret': { Ref: expect.stringContaining('ClientKeys') },
      'secure-api:clientsTable': { Ref: expect.stringContaining('Clients') },
    });
  });

  it('have their quotas looked at, with alarms at 80% and 100%', () => {
    const template = made();
    const [id = '', fn] = ofType(template, 'AWS::Lambda::Function').find(([name]) => name.includes('Usage')) ?? [];
    const plans = JSON.stringify(at(fn, 'Properties.Environment.Variables.SECURE_API_USAGE_PLANS'));
    expect(plans).toMatch(/free.*1000.*paid.*90000/);
    const statements = ofType(template, 'AWS::IAM::Policy')
      .flatMap(([, policy]) => listAt(policy, 'Properties.PolicyDocument.Statement'))
      .filter((statement) => at(statement, 'Action') === 'apigateway:GET');
    expect(statements.flatMap((statement) => listAt(statement, 'Resource'))).toHaveLength(2);
    expect(JSON.stringify(statements)).toMatch(/usageplans.*\/usage/);
    const rules = ofType(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
    expect(rules).toMatchObject([
      { ScheduleExpression: 'rate(15 minutes)', Targets: [{ Arn: { 'Fn::GetAtt': [id, 'Arn'] } }] },
    ]);
    expect(only(template, 'AWS::Lambda::EventInvokeConfig', 'Usage').Properties).toMatchObject({
      MaximumRetryAttempts: 0,
    });
    const thresholds = ofType(template, 'AWS::CloudWatch::Alarm')
      .filter(([name]) => name.includes('Quota'))
      .map(([, { Properties }]) => [Properties['MetricName'], Properties['Statistic'], Properties['Threshold']]);
    expect(thresholds).toEqual([
      ['QuotaUsedPercent', 'Maximum', 80],
      ['QuotaUsedPercent', 'Maximum', 100],
    ]);
  });

  it('are no part of a stack that does not ask for them', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/SECURE_API_CLIENTS_TABLE|DynamoDB|USAGE_PLANS/);
  });

  it('break no rule of the packs', () => {
    withSmall({ clients: true }, (_, stack) => expect(() => synthesizeUnderRules(stack)).not.toThrow());
  });
});

describe('exact limits', () => {
  const counted = (id: string) => ({
    ...api.routes[id],
    limits: { free: rateLimit({ rate: 1, burst: 2, exact: { requests: 5, perSeconds: 60 } }) },
  });
  const definition = { ...api, routes: { ...api.routes, report: counted('report') } } as unknown as Api;

  it('have a table of counters that end by themselves, for the functions that count alone', () => {
    const made = smallTemplate({ definition });
    const [[id, table] = ['', undefined]] = ofType(made, 'AWS::DynamoDB::GlobalTable');
    expect(table?.DeletionPolicy).toBe('Delete');
    expect(at(table, 'Properties.TimeToLiveSpecification')).toEqual({ AttributeName: 'expires', Enabled: true });
    const counting = ofType(made, 'AWS::Lambda::Function').filter(([, fn]) =>
      at(fn, 'Properties.Environment.Variables.SECURE_API_LIMITS_TABLE'),
    );
    expect(counting.map(([name]) => name)).toEqual([expect.stringContaining('report')]);
    const statements = ofType(made, 'AWS::IAM::Policy')
      .flatMap(([, policy]) => listAt(policy, 'Properties.PolicyDocument.Statement'))
      .filter((statement) => JSON.stringify(statement).includes(id));
    expect(statements.map((statement) => at(statement, 'Action'))).toEqual([
      ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    ]);
  });

  it('break no rule of the packs', () => {
    withSmall({ definition }, (_, stack) => expect(() => synthesizeUnderRules(stack)).not.toThrow());
  });
});

describe('the account', () => {
  const withAccount = <T>(rate: unknown, props: Partial<SecureApiProps>, use: (stack: Stack) => T) =>
    withSmall(props, (_, stack) => use(stack), undefined, { 'secure-api:accountRate': rate });
  const warnings = (stack: Stack) =>
    Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('headroom'))
      .map(({ entry }) => String(entry.data));

  it('is known by context: each route leaves a fifth of it free', () => {
    const [, stage] =
      withAccount(500, {}, (stack) => ofType(Template.fromStack(stack), 'AWS::ApiGateway::Stage')[0]) ?? [];
    expect(at(stage, 'Properties.MethodSettings.0')).toMatchObject({
      ThrottlingRateLimit: 400,
      ThrottlingBurstLimit: 200,
    });
    expect(withAccount('500', {}, warnings)).toEqual([]);
  });

  it('warns when the tiers together leave no headroom', () => {
    expect(withAccount(70, {}, warnings)).toEqual([expect.stringMatching(/60 requests a second of the 56 /)]);
  });

  it('rejects limits that it can never provide', () => {
    const synth =
      (rate: unknown, props: Partial<SecureApiProps> = {}) =>
      () =>
        withAccount(rate, props, () => {});
    expect(synth(40)).toThrow(/option-invalid at tiers\.paid: found 50; expected at most the 40/);
    expect(synth(60, { throttle: { rate: 100, burst: 10 } })).toThrow(/option-invalid at throttle: found 100/);
    expect(synth('many')).toThrow(/option-invalid at context secure-api:accountRate/);
  });
});

describe('a route that must not starve others', () => {
  it('has instances reserved, the largest number of its group', () => {
    const change = (id: string, concurrency: number) => ({ [id]: { ...api.routes[id], concurrency } });
    const routes = { ...api.routes, ...change('listThings', 3), ...change('countThings', 7) };
    const template = smallTemplate({ definition: { ...api, routes } as unknown as Api });
    const reserved = ofType(template, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => Properties['ReservedConcurrentExecutions'],
    );
    expect(reserved.filter((one) => one !== undefined)).toEqual([7]);
  });
});
