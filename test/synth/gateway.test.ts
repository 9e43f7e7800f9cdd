import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { accessPolicy } from '../../lib/access/index.ts';
import { at, documentsTemplate, listAt, ofType, only, type Resource } from './support.ts';

const POLICY = 'SecurityPolicy_TLS13_1_3_2025_09';
/** Each has a function, beside the authorizer's and the trigger's. */
const groups = new Set(Object.values(documents.routes).map(({ group }) => group));
let template: Template;
let restApi: Resource;
let stage: Resource;

beforeAll(() => {
  template = documentsTemplate();
  restApi = only(template, 'AWS::ApiGateway::RestApi');
  stage = only(template, 'AWS::ApiGateway::Stage');
});

describe('the REST API', () => {
  it('is made from the OpenAPI body and fails on warnings', () => {
    expect(restApi.Properties).toMatchObject({ FailOnWarnings: true, EndpointConfiguration: { Types: ['REGIONAL'] } });
    expect(Object.keys(at(restApi, 'Properties.Body.paths') as object)).toContain('/documents/{id}/publish');
    template.resourceCountIs('AWS::ApiGateway::Method', 0);
    const callers = ofType(template, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties.Principal);
    // The topics of the alarms run the notifier.
    expect([...new Set(callers)]).toEqual(['cognito-idp.amazonaws.com', 'sns.amazonaws.com']);
  });

  it('speaks TLS 1.3 alone, by its property and by its body', () => {
    expect(restApi.Properties).toMatchObject({ SecurityPolicy: POLICY, EndpointAccessMode: 'STRICT' });
    expect(at(restApi, 'Properties.Body.x-amazon-apigateway-security-policy')).toBe(POLICY);
  });

  it('is named alike in the body, the property and the metrics of its alarms', () => {
    const { Name } = restApi.Properties;
    expect(at(restApi, 'Properties.Body.info.title')).toBe(Name);
    expect(JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'))).toContain(`"Value":"${Name}"`);
  });

  it('leaves the log role of the account alone', () => {
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  it('gives the local gateway the claims of tokens, and commands the access policy and the logs', () => {
    const log = (id: string) => ({ Ref: expect.stringContaining(id) });
    expect(restApi.Metadata?.['secure-api']).toEqual({
      access: accessPolicy(documents),
      name: 'documents',
      roles: ['viewer', 'editor', 'manager', 'admin'],
      tiers: ['free', 'premium'],
      defaultTier: 'free',
      identity: [{ rolesClaim: 'roles', tierClaim: 'tier', clientClaim: 'client_id' }],
      logs: {
        access: log('AccessLog'),
        authorizer: log('AuthorizerLogs'),
        functions: expect.objectContaining({
          documents: log('HandlersdocumentsLogs'),
          health: log('HandlershealthLogs'),
        }),
      },
    });
  });
});

describe('the stage', () => {
  it('throttles, counts, and logs no bodies', () => {
    expect(stage.Properties.MethodSettings).toEqual([
      {
        DataTraceEnabled: false,
        HttpMethod: '*',
        MetricsEnabled: true,
        ResourcePath: '/*',
        ThrottlingBurstLimit: 5000,
        ThrottlingRateLimit: 10_000,
      },
      ...['GET', 'HEAD'].map((HttpMethod) => ({
        DataTraceEnabled: false,
        HttpMethod,
        MetricsEnabled: true,
        ResourcePath: '/~1health',
        ThrottlingBurstLimit: 100,
        ThrottlingRateLimit: 50,
      })),
    ]);
  });

  it('writes an access log of one JSON object a line, whose fields a client cannot write', () => {
    const format = JSON.parse(String(at(stage, 'Properties.AccessLogSetting.Format'))) as Record<string, string>;
    const byApiGateway =
      `requestId extendedRequestId requestTimeEpoch identity.sourceIp httpMethod resourcePath protocol
      status responseLength responseLatency integration.latency integration.integrationStatus error.responseType
      identity.apiKeyId authorizer.status authorizer.latency tlsVersion cipherSuite`.split(/\s+/);
    const byWaf = ['wafResponseCode', 'waf.status', 'waf.latency', 'waf.error'];
    const fromVerifiedToken = ['principalId', 'client', 'roles', 'tier', 'denialReason'].map(
      (name) => `authorizer.${name}`,
    );
    const allowed = [...byApiGateway, ...byWaf, ...fromVerifiedToken].map((name) => `$context.${name}`);
    expect(Object.values(format).toSorted()).toEqual(allowed.toSorted());
  });
});

describe('rights', () => {
  interface Statement {
    readonly Action: string | readonly string[];
    readonly Resource: unknown;
  }
  const actionsOf = ({ Action }: Statement) => (typeof Action === 'string' ? [Action] : Action);
  /** Every statement with the logical id of its policy. */
  const statements = () =>
    ofType(template, 'AWS::IAM::Policy').flatMap(([id, policy]) =>
      (listAt(policy, 'Properties.PolicyDocument.Statement') as readonly Statement[]).map((one) => [id, one] as const),
    );

  it('name each action and each resource, without a wildcard', () => {
    for (const [, statement] of statements()) {
      expect(actionsOf(statement).filter((action) => action.includes('*'))).toEqual([]);
      expect(JSON.stringify(statement.Resource)).not.toContain('*');
    }
  });

  it('use no managed policy', () => {
    for (const [, role] of ofType(template, 'AWS::IAM::Role'))
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  });

  it('let each function write to its own log group alone', () => {
    const writers = statements().filter(([, one]) => actionsOf(one).includes('logs:PutLogEvents'));
    expect(writers).toHaveLength(groups.size + 3);
    for (const [id, { Resource }] of writers) {
      const own = id.replace(/Role.*$/, '');
      expect(Resource).toEqual({ 'Fn::GetAtt': [expect.stringContaining(`${own}Logs`), 'Arn'] });
    }
  });

  it('let API Gateway call the handlers by one role and the authorizer by another', () => {
    const invoked = (part: string) =>
      statements()
        .filter(([id, { Action }]) => id.includes(part) && Action === 'lambda:InvokeFunction')
        .flatMap(([, statement]) => listAt(statement, 'Resource'));
    expect(invoked('IntegrationRole')).toHaveLength(groups.size);
    expect(invoked('AuthorizerCallRole')).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/AuthorizerFunction/), 'Arn'] },
    ]);
  });

  it('let the authorizer read exactly the secret of the client keys', () => {
    const readers = statements().filter(([, one]) => actionsOf(one).includes('secretsmanager:GetSecretValue'));
    expect(readers).toEqual([
      [
        expect.stringContaining('Authorizer'),
        expect.objectContaining({ Resource: { Ref: expect.stringContaining('ClientKeys') } }),
      ],
    ]);
  });
});

describe('encryption', () => {
  it('is by one key that rotates and is kept, and that services use for this account alone', () => {
    const key = only(template, 'AWS::KMS::Key');
    expect([key.Properties.EnableKeyRotation, key.DeletionPolicy]).toEqual([true, 'RetainExceptOnCreate']);
    const all = listAt(key, 'Properties.KeyPolicy.Statement');
    const services = all.filter((one) => at(one, 'Principal.Service') !== undefined);
    expect(services).toHaveLength(2);
    for (const statement of services) expect(JSON.stringify(at(statement, 'Condition'))).toContain('AWS::AccountId');
  });

  it('covers every log group, which all have an end', () => {
    const logs = ofType(template, 'AWS::Logs::LogGroup');
    expect(logs).toHaveLength(groups.size + 5);
    for (const [, { Properties }] of logs) {
      expect(Properties).toMatchObject({ KmsKeyId: expect.anything(), RetentionInDays: 90 });
    }
  });

  it('covers the secret, of which the template holds no value', () => {
    const secret = only(template, 'AWS::SecretsManager::Secret');
    expect(secret.Properties).toMatchObject({
      GenerateSecretString: { ExcludePunctuation: true, IncludeSpace: false, PasswordLength: 48 },
      KmsKeyId: expect.anything(),
    });
    expect(secret.Properties.SecretString).toBeUndefined();
  });
});

describe('functions', () => {
  it('run on a named Node, on ARM, one for each group beside authorizer, trigger and notifier', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
    expect(ofType(template, 'AWS::Lambda::Function')).toHaveLength(groups.size + 3);
  });

  it('have the largest memory and time that a route of their group asks for', () => {
    const handlers = ofType(template, 'AWS::Lambda::Function').filter(([id]) => id.includes('Handlers'));
    const sizes = handlers.map(([id, { Properties }]) => [
      id.includes('addAttachment'),
      Properties.MemorySize,
      Properties.Timeout,
    ]);
    expect(sizes).toHaveLength(groups.size);
    expect(sizes).toEqual(sizes.map(([files]) => (files ? [true, 512, 20] : [false, 256, 10])));
  });

  it('know their API, and the authorizer alone knows identity and secret', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          POWERTOOLS_SERVICE_NAME: 'documents',
          POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
        }),
      },
    });
    const knowing = ofType(template, 'AWS::Lambda::Function').filter(([, { Properties }]) =>
      Object.keys(at(Properties, 'Environment.Variables') as object).some((name) => /IDENTITY|SECRET/.test(name)),
    );
    expect(knowing.map(([id]) => id)).toEqual([expect.stringContaining('Authorizer')]);
  });
});
