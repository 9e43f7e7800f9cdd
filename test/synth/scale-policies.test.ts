import { join } from 'node:path';
import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mostOpen, openRoutes } from '../../lib/access/index.ts';
import { SecureApi } from '../../lib/construct/index.ts';
import { ServiceRole } from '../../lib/construct/serviceRole.ts';
import { DEFAULT_STAGE } from '../../lib/definition/defaultStage.ts';
import type { Api } from '../../lib/definition/index.ts';
import { generatedApi } from '../support/generated.ts';
import { scatteredApi } from '../support/scatteredApi.ts';
import { faultOf, listAt, ofType, oidc, smallApi, withFolder } from './support.ts';

afterEach(() => {
  vi.unstubAllEnvs();
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

  it.each([64, 65])('of an API of %i functions fit, and exist before its first request', (count) => {
    vi.stubEnv('CDK_VALIDATION', 'false');
    const definition = generatedApi(count, 1);
    withFolder((folder) => {
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Wide');
      const make = () => new SecureApi(stack, 'Api', { definition, handlers: folder, identity: oidc() });
      // Everything exists but the code of the functions.
      expect(faultOf(make).code).toBe('handlers-missing');
      const template = Template.fromStack(stack);
      const ofRole = (type: string) => ofType(template, type).filter(([id]) => id.includes('IntegrationRole'));
      const [inline, managed] = [ofRole('AWS::IAM::Policy'), ofRole('AWS::IAM::ManagedPolicy')];
      const document = ([, { Properties }]: (typeof inline)[number]) => Properties['PolicyDocument'];
      expect(JSON.stringify(inline.map(document)).length).toBeLessThan(INLINE);
      for (const each of managed) expect(JSON.stringify(document(each)).length).toBeLessThan(MANAGED);
      expect(managed.length).toBeLessThanOrEqual(10);
      const policies = [...inline, ...managed];
      expect(policies.length > 1).toBe(count > 64);
      const invoked = policies.flatMap((each) =>
        listAt(document(each), 'Statement').flatMap((statement) => listAt(statement, 'Resource')),
      );
      expect(new Set(invoked.map((one) => JSON.stringify(one))).size).toBe(count);
      expect(invoked).toHaveLength(count);
      const [[, restApi] = []] = ofType(template, 'AWS::ApiGateway::RestApi');
      expect(restApi).toMatchObject({ DependsOn: expect.arrayContaining(policies.map(([id]) => id)) });
    });
  });
});

describe('policies of callers that have no room for all routes', () => {
  const infosOf = (definition: Api) =>
    withFolder((folder) => {
      const stack = new Stack(new App(), 'Scattered');
      const make = () => new SecureApi(stack, 'Api', { definition, handlers: folder, identity: oidc() });
      expect(faultOf(make).code).toBe('handlers-missing');
      const { metadata } = stack.node.findChild('Api').node;
      const infos = metadata.filter(({ type }) => type === 'aws:cdk:info').map(({ data }) => String(data));
      return infos.filter((info) => info.includes('second check'));
    });

  it('are an info of the synth, with each role, the pairs of roles and how many routes they leave', () => {
    const { roles, pairs } = openRoutes(scatteredApi(250, 'shop'), DEFAULT_STAGE);
    expect(Object.keys(roles)).toEqual(['one', 'two']);
    if (pairs.most === undefined) throw new Error('expected a pair whose policy leaves routes');
    expect(infosOf(scatteredApi(250, 'shop'))).toEqual([
      `Policies of the authorizer have at most 8,192 characters, so they leave routes to the second check of the handlers: one (${roles['one']}), two (${roles['two']}), ${pairs.open} of 6 pairs of roles, ${mostOpen(pairs.most)}. Give the routes of a resource one permission, or split the API: docs/large-apis.md of secure-api.`,
    ]);
  });

  it('are none of an API of usual size', () => {
    expect(infosOf(smallApi())).toEqual([]);
  });
});
