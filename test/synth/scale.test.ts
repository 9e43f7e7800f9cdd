import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import { ServiceRole } from '../../lib/construct/serviceRole.ts';
import { generatedApi, writeHandlers } from '../support/generated.ts';
import { ofType, oidc, smallApi, withFolder } from './support.ts';

/** CloudFormation quotas: resources of a stack, bytes of a template. */
const MOST_RESOURCES = 500;
const LARGEST_TEMPLATE = 1_048_576;

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
      expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThan(LARGEST_TEMPLATE * 0.86);
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

  it.each([1, 30, 31, 64, 65, 100, 300])(
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
