import type { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnApiKey, CfnRestApi, CfnUsagePlan, CfnUsagePlanKey } from 'aws-cdk-lib/aws-apigateway';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import { assertLimitsJoined } from '../../lib/construct/limits/disconnected.ts';
import type { TemplateFragment } from '../../lib/construct/limits/template.ts';
import type { Api } from '../../lib/definition/index.ts';
import { rateLimit } from '../../lib/definition/tiers.ts';
import { at, listAt, ofType, smallApi, smallTemplate, synthesizeUnderRules, withSmall } from './support.ts';

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
    expect(at(free, 'ApiStages.0.Throttle')).toEqual({ '/things/count/GET': { RateLimit: 1, BurstLimit: 2 } });
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
    expect(settings(definition).slice(1)).toEqual([
      {
        HttpMethod: 'GET',
        ResourcePath: '/~1things',
        ThrottlingRateLimit: 5,
        ThrottlingBurstLimit: 8,
        MetricsEnabled: true,
        DataTraceEnabled: false,
      },
    ]);
    expect(settings({ ...api, anonymous } as Api)).toHaveLength(1);
  });
});

describe('registered clients', () => {
  const made = () => smallTemplate({ clients: true });

  it('stand in a table that outlives the stack, which the authorizer may read item by item', () => {
    const template = made();
    const [[id, table] = ['', undefined]] = ofType(template, 'AWS::DynamoDB::GlobalTable');
    expect(table?.DeletionPolicy).toBe('Retain');
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

  it('refuses limits that it can never honour', () => {
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

describe('the proof that limits are joined', () => {
  type Change = (template: TemplateFragment) => void;
  const broken = (change: Change) => {
    const copy = structuredClone(template.toJSON()) as TemplateFragment;
    change(copy);
    return () => assertLimitsJoined(api, copy);
  };
  const firstOf = ({ Resources }: TemplateFragment, type: string) =>
    Object.keys(Resources).find((id) => Resources[id]?.Type === `AWS::ApiGateway::${type}`) ??
    expect.fail(`no ${type}`);
  /** Removes the first resource of a type. */
  const without =
    (type: string): Change =>
    (fragment) => {
      Reflect.deleteProperty(fragment.Resources, firstOf(fragment, type));
    };
  /** Sets something in the properties of the first resource of a type; `undefined` removes it. */
  const change =
    (type: string, location: string, value?: unknown): Change =>
    (fragment) => {
      const path = ['Resources', firstOf(fragment, type), 'Properties', ...location.split('.')];
      const parent = at(fragment, path.slice(0, -1).join('.')) as Record<string, unknown>;
      const key = path.at(-1) ?? '';
      if (value === undefined) delete parent[key];
      else parent[key] = value;
    };

  it('accepts what SecureApi makes', () => {
    expect(broken(() => {})).not.toThrow();
  });

  const security = 'Body.paths./things.get.security';
  const breakages: readonly [string, Change, RegExp][] = [
    ['the key source', change('RestApi', 'Body.x-amazon-apigateway-api-key-source'), /key source/],
    ['the key source by a property', change('RestApi', 'ApiKeySourceType', 'HEADER'), /key source/],
    ['the security of an operation', change('RestApi', security), /GET \/things does not ask/],
    ['the key of an operation', change('RestApi', security, [{ authorizer: [] }]), /GET \/things does not ask/],
    ['a plan', without('UsagePlan'), /key of free is in no usage plan/],
    ['a key', without('ApiKey'), /tier free has no key/],
    ['the value of a key', change('ApiKey', 'Value'), /tier free has no key/],
    ['a key that is on', change('ApiKey', 'Enabled', false), /key of free is disabled/],
    ['the key of a plan', without('UsagePlanKey'), /key of free is in no usage plan/],
    ['the stage of a plan', change('UsagePlan', 'ApiStages'), /plan of free is not on the stage/],
    ['the right stage', change('UsagePlan', 'ApiStages.0.Stage', 'other'), /not on the stage/],
    ['the right API', change('UsagePlan', 'ApiStages.0.ApiId', { Ref: 'Other' }), /not on the stage/],
    ['the throttle of a plan', change('UsagePlan', 'Throttle'), /is missing its throttle/],
    ['the quota of a plan', change('UsagePlan', 'Quota'), /is missing its quota/],
    [
      'the limit of a route',
      change('UsagePlan', 'ApiStages.0.Throttle'),
      /is missing the limit of \/things\/count\/GET/,
    ],
    ['the stage itself', without('Stage'), /no API with a stage/],
  ];

  it.each(breakages)('sees it when %s is missing', (_, breakage, message) => {
    expect(broken(breakage)).toThrow(message);
    expect(broken(breakage)).toThrow(/^limits-disconnected at /);
  });

  it('sees it when the authorizer reads another secret than the keys are made of', () => {
    const other = broken(({ Resources }) => {
      const all = Object.values(Resources).map((one) => at(one, 'Properties.Environment.Variables'));
      const authorizer = all.find((one) => at(one, 'SECURE_API_KEYS_SECRET') !== undefined);
      Object.assign(authorizer ?? {}, { SECURE_API_KEYS_SECRET: { Ref: 'Other' } });
    });
    expect(other).toThrow(/does not read the secret in the key of free/);
  });
});

describe('a synth', () => {
  const resource = (stack: Stack, is: (node: unknown) => boolean) => stack.node.findAll().find(is) as CfnResource;
  const overrides: readonly [string, (stack: Stack) => void, RegExp][] = [
    [
      'takes the key out of its plan',
      (stack) => {
        const key = resource(stack, (node) => node instanceof CfnUsagePlanKey);
        key.node.scope?.node.tryRemoveChild(key.node.id);
      },
      /in no usage plan/,
    ],
    [
      'takes the stage out of a plan',
      (stack) => resource(stack, (node) => node instanceof CfnUsagePlan).addPropertyDeletionOverride('ApiStages'),
      /not on the stage/,
    ],
    [
      'disables a key',
      (stack) => resource(stack, (node) => node instanceof CfnApiKey).addPropertyOverride('Enabled', false),
      /is disabled/,
    ],
    [
      'sets another key source',
      (stack) =>
        resource(stack, (node) => node instanceof CfnRestApi).addPropertyOverride('ApiKeySourceType', 'HEADER'),
      /key source/,
    ],
    [
      'points the authorizer at another secret',
      (stack) => {
        const functions = stack.node.findAll().filter((node) => node instanceof CfnFunction);
        const authorizer = functions.find((fn) => fn.node.path.includes('Authorizer'));
        authorizer?.addPropertyOverride('Environment.Variables.SECURE_API_KEYS_SECRET', 'other');
      },
      /does not read the secret/,
    ],
  ];

  it.each(overrides)('fails when a later line %s', (_, change, message) => {
    withSmall({}, (_api, stack) => {
      change(stack);
      const synth = () => (stack.node.root as App).synth();
      expect(synth).toThrow(/limits-disconnected/);
      expect(synth).toThrow(message);
    });
  });
});
