import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { SecureApi, type SecureApiProps } from '../../lib/construct/index.ts';
import { type Api, defineApi, object, post } from '../../lib/definition/index.ts';
import { writeHandlers } from '../support/generated.ts';
import { at, ofType, oidc, only, smallApi, smallTemplate, withFolder, withSmall } from './support.ts';

const zone = HostedZone.fromHostedZoneAttributes(new Stack(), 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const domain = { name: 'api.example.com', zone };

describe('a domain', () => {
  const template = () => smallTemplate({ domain });

  it('is served by TLS 1.3 with a certificate that the zone validates, over IPv4 and IPv6', () => {
    const made = template();
    expect(only(made, 'AWS::ApiGateway::DomainName').Properties).toMatchObject({
      DomainName: 'api.example.com',
      SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
      EndpointAccessMode: 'STRICT',
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
    });
    expect(only(made, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({ ValidationMethod: 'DNS' });
    expect(ofType(made, 'AWS::Route53::RecordSet').map(([, { Properties }]) => Properties['Type'])).toEqual([
      'A',
      'AAAA',
    ]);
    made.resourceCountIs('AWS::ApiGateway::BasePathMapping', 1);
  });

  it('takes the execute-api address out of service, which no output names', () => {
    const made = template();
    expect(only(made, 'AWS::ApiGateway::RestApi').Properties['DisableExecuteApiEndpoint']).toBe(true);
    expect(JSON.stringify(made.findOutputs('*'))).not.toContain('execute-api');
    withSmall({ domain }, (api) =>
      expect(Stack.of(api).resolve(api.url)).toEqual({ 'Fn::Join': ['', ['https://', expect.anything(), '/']] }),
    );
  });

  it('has an alarm for a certificate that is not renewed', () => {
    expect(only(template(), 'AWS::CloudWatch::Alarm', 'CertificateExpiry').Properties).toMatchObject({
      MetricName: 'DaysToExpiry',
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'missing',
    });
  });

  it('may bring its own certificate', () => {
    const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/a';
    const made = smallTemplate({
      domain: { name: 'api.example.com', certificate: Certificate.fromCertificateArn(new Stack(), 'C', arn) },
    });
    made.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    made.resourceCountIs('AWS::Route53::RecordSet', 0);
    expect(only(made, 'AWS::ApiGateway::DomainName').Properties['RegionalCertificateArn']).toBe(arn);
  });

  it.each(['API.example.com', 'localhost', 'api.example.com/', 'https://api.example.com', '-a.example.com'])(
    'is rejected as %s',
    (name) => {
      expect(() => smallTemplate({ domain: { name, zone } })).toThrow(/^domain-invalid/);
    },
  );

  it('needs a zone or a certificate', () => {
    expect(() => smallTemplate({ domain: { name: 'api.example.com' } })).toThrow(
      /^domain-invalid .*neither zone nor certificate/,
    );
  });
});

describe('settings', () => {
  it('of stage, cache, logs, traces and variables reach the template', () => {
    const template = smallTemplate({
      stageName: 'v1',
      authorizerCacheSeconds: 0,
      throttle: { rate: 100, burst: 200 },
      logRetention: RetentionDays.ONE_YEAR,
      logRemovalPolicy: RemovalPolicy.RETAIN,
      tracing: true,
      responses: 'enforce',
      environment: { COLOUR: 'green', POWERTOOLS_LOG_LEVEL: 'DEBUG' },
    });
    const { Properties: stage } = only(template, 'AWS::ApiGateway::Stage');
    expect(stage).toMatchObject({
      StageName: 'v1',
      TracingEnabled: true,
      MethodSettings: [{ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }],
    });
    const schemes = at(only(template, 'AWS::ApiGateway::RestApi'), 'Properties.Body.components.securitySchemes');
    expect(at(schemes, 'authorizer.x-amazon-apigateway-authorizer.authorizerResultTtlInSeconds')).toBe(0);
    for (const [, group] of ofType(template, 'AWS::Logs::LogGroup')) {
      expect([group.Properties['RetentionInDays'], group.DeletionPolicy]).toEqual([365, 'RetainExceptOnCreate']);
    }
    const variables = (id: string) =>
      at(only(template, 'AWS::Lambda::Function', id), 'Properties.Environment.Variables');
    expect(variables('Handlersreport')).toMatchObject({
      COLOUR: 'green',
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      SECURE_API_RESPONSES: 'enforce',
    });
    expect(variables('Authorizer')).not.toHaveProperty('COLOUR');
  });

  it('limits the lines of the functions that run for requests, and leaves out those of Lambda', () => {
    const template = smallTemplate({ allowedLinesPerMinute: 60 });
    const limited = ofType(template, 'AWS::Lambda::Function').filter(
      ([, fn]) => at(fn, 'Properties.Environment.Variables.SECURE_API_ALLOWED_LINES') === '60',
    );
    expect(limited.map(([id]) => id.replace(/Function.*/, '')).toSorted()).toEqual([
      'ApiAuthorizer',
      'ApiHandlersreport',
      'ApiHandlersthings',
    ]);
    for (const [, fn] of limited) {
      expect(fn.Properties['LoggingConfig']).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN' });
    }
    expect(JSON.stringify(smallTemplate())).not.toMatch(/SECURE_API_ALLOWED_LINES|SystemLogLevel/);
  });

  it.each(['pre-prod', '-', '_', 'A'.repeat(128)])('accept the stage name %s, as API Gateway does', (stageName) => {
    expect(only(smallTemplate({ stageName }), 'AWS::ApiGateway::Stage').Properties['StageName']).toBe(stageName);
  });

  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`V${i + 100}`, 'green']));
  const wrong: readonly [string, Partial<SecureApiProps>, RegExp][] = [
    ['a cache above five minutes', { authorizerCacheSeconds: 301 }, /authorizerCacheSeconds/],
    ['fewer lines than one every ten seconds', { allowedLinesPerMinute: 5 }, /allowedLinesPerMinute/],
    ['a cache of half a second', { authorizerCacheSeconds: 0.5 }, /authorizerCacheSeconds/],
    ['a stage name with a slash', { stageName: 'a/b' }, /stageName/],
    ['a stage name that is too long', { stageName: 'a'.repeat(129) }, /stageName/],
    ['no stage name', { stageName: '' }, /stageName/],
    ['a throttle of nothing', { throttle: { rate: 0, burst: 1 } }, /throttle\.rate/],
    ['an unknown response mode', { responses: 'ignore' as never }, /responses/],
    ['variables of the construct', { environment: { SECURE_API_NAME: 'x' } }, /SECURE_API_NAME/],
    ['a share above all', { tracing: { endpoint: 'https://collector.example.com', sampling: 5 } }, /tracing\.sampling/],
    ['another kind of traces', { tracing: 'zipkin' as never }, /tracing/],
    ['variables of Lambda', { environment: { AWS_REGION: 'x' } }, /AWS_REGION/],
    ['more of them', { environment: { LAMBDA_TASK_ROOT: 'x', AWS_LAMBDA_EXEC_WRAPPER: 'x' } }, /TASK_ROOT, AWS_LAMBDA/],
    ...['a-b', 'a.b', 'a b', '', 'a', '1a', '_ab', '_HANDLER', 'aé', 'a$', 'ab\n', '__proto', 'ab=c', 'ÄB'].map(
      (name): [string, Partial<SecureApiProps>, RegExp] => [
        `a variable named ${JSON.stringify(name)}`,
        { environment: { [name]: 'x' } },
        /^option-invalid at environment: found ".*; expected names of a letter/,
      ],
    ),
    ['variables of over 4 KB', { environment: { LARGE: 'x'.repeat(4092) } }, /4097 bytes/],
    ['variables of over 4 KB in few characters', { environment: { AB: 'é'.repeat(2048) } }, /4098 bytes/],
    ['many variables', { environment: many }, /4500 bytes/],
  ];
  it.each(wrong)('are rejected with %s', (_, props, message) => {
    expect(() => smallTemplate(props)).toThrow(/^option-invalid/);
    expect(() => smallTemplate(props)).toThrow(message);
  });

  it('take the names of variables that Lambda takes', () => {
    const environment = { ab: '', A1: 'x', a__: 'x', PATH: '/opt', TZ: 'UTC', AWSOME: 'x', Lambda_x: '-=\n' };
    const { Properties } = only(smallTemplate({ environment }), 'AWS::Lambda::Function', 'Handlersreport');
    expect(at(Properties, 'Environment.Variables')).toMatchObject(environment);
  });

  it.each<readonly [string, string, string, RegExp]>([
    ['a name that Lambda rejects', 'a-b', 'x', /option-invalid at environment of .*report.*found "a-b"/],
    ['too much, with the variables of the construct', 'LARGE', 'x'.repeat(4000), /found \d+ bytes of names and values/],
  ])('reject, at synth, a variable that is added to a function with %s', (_, name, value, message) => {
    withSmall({}, (api, stack) => {
      api.handler('report').addEnvironment(name, value);
      expect(() => (stack.node.root as App).synth()).toThrow(message);
    });
  });

  it('of a group are the largest of its routes; an isolated route has its own function', () => {
    const template = smallTemplate();
    const size = (id: string) => {
      const { Properties } = only(template, 'AWS::Lambda::Function', id);
      return [Properties['MemorySize'], Properties['Timeout']];
    };
    expect([size('Handlersthings'), size('Handlersreport')]).toEqual([
      [512, 20],
      [256, 10],
    ]);
  });
});

describe('the construct', () => {
  it('gives the function of a route, to grant it rights', () => {
    withSmall({}, (api) => {
      expect(api.handler('listThings')).toBe(api.handler('countThings'));
      expect(api.handler('report')).toBe(api.functions['report']);
      expect(() => api.handler('toString')).toThrow(/^option-invalid .*one of listThings, countThings, report/);
      api.grantInvoke(new ServicePrincipal('events.amazonaws.com'));
      Template.fromStack(Stack.of(api)).resourcePropertiesCountIs(
        'AWS::Lambda::Permission',
        { Principal: 'events.amazonaws.com' },
        2,
      );
    });
  });

  it('reports how many rules the gateway leaves to the functions, and nothing where there are none', () => {
    const report = post('/report', {
      permission: 'thing:read',
      body: object({ on: Type.String({ format: 'date' }) }),
      responses: { 204: { description: 'Done' } },
    });
    const definition = defineApi({ ...smallApi(), routes: { report } } as never, {
      today: new Date('2026-11-10'),
    }) as Api;
    withSmall({ definition }, (_, stack) => {
      Annotations.fromStack(stack).hasInfo(
        '/Small/Api',
        Match.stringLikeRegexp('^1 rules .* openapi --gaps lists them'),
      );
    });
    withSmall({}, (_, stack) => {
      Annotations.fromStack(stack).hasNoInfo('/Small/Api', Match.anyValue());
    });
  });

  it('passes the warnings of the definition on, such as an overdue review', () => {
    const overdue = {
      code: 'review-overdue',
      location: 'roles',
      found: 'a year',
      expected: '90 days',
      fix: 'Review them.',
    } as const;
    withSmall({ definition: { ...smallApi(), warnings: [overdue] } }, (_, stack) => {
      Annotations.fromStack(stack).hasWarning('/Small/Api', Match.stringLikeRegexp('roles: found a year'));
    });
  });

  it('leaves the bundles where they are when assets are not staged, and removes them otherwise', () => {
    const left = (context: Readonly<Record<string, unknown>>) =>
      withFolder((folder) => {
        writeHandlers(smallApi(), folder);
        const stack = new Stack(new App({ context, outdir: join(folder, 'out') }), 'Small');
        const props = { definition: smallApi(), handlers: folder, identity: oidc() };
        const { bundles } = new SecureApi(stack, 'Api', props);
        const exists = existsSync(join(bundles.authorizer.directory, 'index.mjs'));
        bundles.remove();
        return exists;
      });
    expect([left({ 'aws:cdk:disable-asset-staging': true }), left({})]).toEqual([true, false]);
  });
});
