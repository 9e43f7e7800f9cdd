import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnWaitConditionHandle, Lazy, STACK_RESOURCE_LIMIT_CONTEXT, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { Identity, SecureApi, SharedDomain } from '../../lib/construct/index.ts';
import { ServiceRole } from '../../lib/construct/serviceRole.ts';
import { ConfigError } from '../../lib/definition/errors.ts';
import { generatedApi, writeHandlers } from '../support/generated.ts';
import { domain, synthesizeVariant, templateIn, variants } from '../support/variants.ts';
import { ofType, oidc, smallApi, withFolder, withSmall } from './support.ts';

/** CloudFormation quotas: resources of a stack, bytes of a template. */
const MOST_RESOURCES = 500;
const LARGEST_TEMPLATE = 1_000_000;

/** The fault that something throws. */
function faultOf(make: () => unknown): ConfigError {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

describe('a definition of 300 routes', () => {
  it('fits one stack, with room for what is beside the API', () => {
    withFolder((folder) => {
      const definition = generatedApi(300);
      const handlers = join(folder, 'handlers');
      mkdirSync(handlers);
      writeHandlers(definition, handlers);
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Large');
      new SecureApi(stack, 'Api', { definition, handlers, identity: oidc() });
      const template = Template.fromStack(stack).toJSON();
      expect(Object.keys(template['Resources']).length).toBeLessThan(MOST_RESOURCES * 0.8);
      // The body of the API has most of it. A seventh is left.
      expect(statSync(join(folder, 'out/Large.template.json')).size).toBeLessThan(LARGEST_TEMPLATE * 0.9);
    });
  });
});

describe('a stack with more resources than CloudFormation allows', () => {
  const wide = generatedApi(110, 1);

  it('fails before functions are bundled, with what takes the resources', () => {
    withFolder((folder) => {
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Wide');
      const bucket = new Bucket(stack, 'Other');
      // Without handlers bundling would fail, and with another error.
      const make = () => new SecureApi(stack, 'Api', { definition: wide, handlers: folder, identity: oidc() });
      const fault = faultOf(make);
      expect(fault).toMatchObject({ code: 'stack-too-large', location: 'Wide' });
      expect(fault.found).toMatch(
        /^5\d\d resources, of which 440 for the 110 functions that serve routes, \d\d alarms, 1 of the stack besides the API$/,
      );
      expect(fault.fix).toContain('isolate');
      expect(bucket.node.scope).toBe(stack);
    });
  });

  it.each(['webhooks', 'objectives', 'rotated keys of registered clients'])('is counted exactly: %s', (name) => {
    const variant = variants[name] ?? {};
    const count = Object.keys(templateIn(synthesizeVariant(variant, false)).Resources).length;
    const limited = { ...variant, context: { [STACK_RESOURCE_LIMIT_CONTEXT]: count - 1 } };
    expect(faultOf(() => synthesizeVariant(limited, false)).found).toMatch(new RegExp(`^${count} resources`));
  });

  it('is one of the CDK context, where it has another maximum', () => {
    withFolder((folder) => {
      const stack = new Stack(
        new App({ outdir: join(folder, 'out'), context: { [STACK_RESOURCE_LIMIT_CONTEXT]: 100 } }),
        'Low',
      );
      const make = () => new SecureApi(stack, 'Api', { definition: smallApi(), handlers: folder, identity: oidc() });
      expect(faultOf(make)).toMatchObject({
        code: 'stack-too-large',
        expected: 'at most 100, the quota of CloudFormation',
      });
    });
  });

  it('fails at synth where they are added after the API', () => {
    withSmall({}, (_, stack) => {
      for (let i = 0; i < 400; i += 1) new CfnWaitConditionHandle(stack, `Other${i}`);
      const faults = stack.node.findAll().flatMap(({ node }) => node.validate());
      expect(faults).toEqual([expect.stringMatching(/^stack-too-large at .*, 400 of the stack besides the API;/)]);
    });
  });
});

describe('a template', () => {
  const make = (count: number, folder: string) => {
    const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Long');
    const definition = generatedApi(count, 5, 'shop');
    return () => new SecureApi(stack, 'Api', { definition, handlers: folder, identity: oidc() });
  };

  it('of 600 routes fits, because it is written without white space, and bundling begins', () => {
    withFolder((folder) => {
      expect(faultOf(make(600, folder)).code).toBe('handlers-missing');
    });
  });

  it('of 1,000 routes fails before functions are bundled, and the API has to be split', () => {
    withFolder((folder) => {
      const fault = faultOf(make(1000, folder));
      expect(fault).toMatchObject({
        code: 'stack-too-large',
        found: expect.stringMatching(/^a template of about 1\d{6} bytes$/),
      });
      expect(fault.fix).toMatch(/^Split the definition into two APIs, each in its own stack, behind one SharedDomain/);
    });
  });
});

describe('1,000 routes in two APIs behind one domain', () => {
  it('fit the quotas of CloudFormation and API Gateway', () => {
    withFolder((folder) => {
      const app = new App({ outdir: join(folder, 'out') });
      const zoneStack = new Stack(app, 'Domain');
      const shared = new SharedDomain(zoneStack, 'Shared', domain(zoneStack));
      const stacks = ['shop', 'desk'].map((segment) => {
        const definition = generatedApi(500, 5, segment);
        expect(definition.warnings.map(({ code }) => code)).not.toContain('resources-too-many');
        const handlers = join(folder, segment);
        mkdirSync(handlers);
        writeHandlers(definition, handlers);
        const stack = new Stack(app, segment);
        new SecureApi(stack, 'Api', {
          definition,
          handlers,
          identity: oidc(),
          domain: { shared, basePath: segment === 'shop' ? 'v1' : 'v2' },
        });
        return stack;
      });
      for (const { stackName } of stacks) {
        const file = app.synth().getStackByName(stackName).templateFullPath;
        expect(statSync(file).size).toBeLessThan(1_000_000);
        const { Resources } = JSON.parse(readFileSync(file, 'utf8'));
        expect(Object.keys(Resources).length).toBeLessThan(MOST_RESOURCES);
      }
    });
  });
});

describe('policies of a role', () => {
  /** Characters that IAM allows, without whitespace ("IAM and AWS STS quotas"). */
  const INLINE = 10_240;
  const MANAGED = 6_144;
  /** As long as the ARN of a function gets: the longest partition and region, and a name of 64 characters. */
  const arnOf = (i: number) =>
    `arn:aws-us-gov:lambda:us-gov-east-1:123456789012:function:${String(i).padStart(64, 'f')}`;

  it.each([1, 25, 26, 64, 65, 100, 300])(
    'fit the quotas of IAM for %i functions, and name each of them once',
    (count) => {
      const stack = new Stack(new App(), 'Roles');
      const assumedBy = new ServicePrincipal('apigateway.amazonaws.com');
      const role = new ServiceRole(stack, 'Role', { assumedBy, description: 'Test' });
      const arns = Array.from({ length: count }, (_, i) => arnOf(i));
      // As tokens, because the CDK estimates how long those are.
      const resources = arns.map((arn) => Lazy.string({ produce: () => arn }));
      role.addToPrincipalPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
      const template = Template.fromStack(stack);
      const documents = (type: string) => ofType(template, type).map(([, each]) => each.Properties['PolicyDocument']);
      const inline = documents('AWS::IAM::Policy');
      const managed = documents('AWS::IAM::ManagedPolicy');
      expect(JSON.stringify(inline).length).toBeLessThan(INLINE);
      for (const each of managed) expect(JSON.stringify(each).length).toBeLessThan(MANAGED);
      // Policies that a role can have attached.
      expect(managed.length).toBeLessThanOrEqual(10);
      const named = JSON.stringify([inline, managed]).match(/arn:aws-us-gov:lambda[^"]*/g);
      expect(named?.toSorted()).toEqual(arns.toSorted());
    },
  );

  it('of an API of 70 functions exist before its first request', () => {
    withFolder((folder) => {
      const definition = generatedApi(70, 1);
      writeHandlers(definition, folder);
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Wide');
      new SecureApi(stack, 'Api', { definition, handlers: folder, identity: oidc() });
      const template = Template.fromStack(stack);
      const policies = [...ofType(template, 'AWS::IAM::Policy'), ...ofType(template, 'AWS::IAM::ManagedPolicy')]
        .filter(([id]) => id.includes('IntegrationRole'))
        .map(([id]) => id);
      expect(policies.length).toBeGreaterThan(1);
      const [[, restApi] = []] = ofType(template, 'AWS::ApiGateway::RestApi');
      expect(restApi).toMatchObject({ DependsOn: expect.arrayContaining(policies) });
    });
  });
});

describe('two APIs in one stack', () => {
  it('share neither names nor resources, also when they have the same definition', () => {
    withFolder((folder) => {
      writeHandlers(smallApi(), folder);
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Two');
      for (const id of ['One', 'Two'])
        new SecureApi(stack, id, { definition: smallApi(), handlers: folder, identity: Identity.cognito() });
      const template = Template.fromStack(stack);
      const named = [
        ['AWS::ApiGateway::RestApi', 'Name'],
        ['AWS::ApiGateway::UsagePlan', 'UsagePlanName'],
        ['AWS::CloudWatch::Dashboard', 'DashboardName'],
        ['AWS::CloudWatch::Alarm', 'AlarmName'],
        ['AWS::CloudWatch::CompositeAlarm', 'AlarmName'],
        ['AWS::CloudWatch::InsightRule', 'RuleName'],
        ['AWS::Logs::QueryDefinition', 'Name'],
      ] as const;
      for (const [type, property] of named) {
        const names = ofType(template, type).map(([, { Properties }]) => Properties[property]);
        expect(names.length).toBeGreaterThan(1);
        expect(new Set(names).size).toBe(names.length);
      }
      const metrics = ofType(template, 'AWS::Logs::MetricFilter').map(([, filter]) =>
        JSON.stringify(filter.Properties['MetricTransformations']),
      );
      expect(new Set(metrics).size).toBe(22);
    });
  });
});
