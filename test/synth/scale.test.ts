import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
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
