import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnWaitConditionHandle, Lazy, STACK_RESOURCE_LIMIT_CONTEXT, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { Identity, SecureApi, SharedDomain } from '../../lib/construct/index.ts';
import { type Api, defineApi, get, type RouteSpec } from '../../lib/definition/index.ts';
import { generatedApi, writeHandlers } from '../support/generated.ts';
import { domain, synthesizeVariant, templateIn, variantInput, variants } from '../support/variants.ts';
import { at, faultOf, ofType, oidc, type Resource, smallApi, withFolder, withSmall } from './support.ts';

/** CloudFormation quotas: resources of a stack, bytes of a template. */
const MOST_RESOURCES = 500;
const LARGEST_TEMPLATE = 1_000_000;
/** "Resources per API" of API Gateway: the nodes of the tree of its paths. */
const MOST_PATHS = 300;

/** The nodes of a tree with these paths, its root included. */
function nodesOf(paths: readonly string[]): number {
  const nodes = paths.flatMap((path) => path.split('/').map((_, i, segments) => segments.slice(0, i + 1).join('/')));
  return new Set(nodes).size;
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

  it('fails with one more than 500, and not with 500', () => {
    withFolder((folder) => {
      const withOthers = (count: number) => {
        const stack = new Stack(new App(), 'Full');
        for (let i = 0; i < count; i += 1) new CfnWaitConditionHandle(stack, `Other${i}`);
        return faultOf(
          () => new SecureApi(stack, 'Api', { definition: smallApi(), handlers: folder, identity: oidc() }),
        );
      };
      const [, found = ''] = /^(\d+) resources/.exec(withOthers(MOST_RESOURCES).found) ?? [];
      const room = 2 * MOST_RESOURCES - Number(found);
      // Bundling begins, and there are no handlers.
      expect(withOthers(room).code).toBe('handlers-missing');
      expect(withOthers(room + 1)).toMatchObject({
        code: 'stack-too-large',
        found: expect.stringMatching(/^501 resources/),
      });
    });
  });

  it('of 110 isolated functions fails before they are bundled, with their number', () => {
    const done = { responses: { 200: { description: 'Done' } } };
    const isolated = Array.from({ length: 110 }, (_, i): readonly [string, RouteSpec] => [
      `thing${i}`,
      get(`/things/t${i}`, { permission: 'thing:read', isolate: true, ...done }),
    ]);
    const { roles, tiers } = variantInput;
    const input = { name: 'isolated', version: '1.0.0', roles, tiers, routes: Object.fromEntries(isolated) };
    const definition = defineApi(input as never, { today: new Date('2026-11-10T00:00:00Z') }) as unknown as Api;
    withFolder((folder) => {
      const stack = new Stack(new App(), 'Isolated');
      const fault = faultOf(() => new SecureApi(stack, 'Api', { definition, handlers: folder, identity: oidc() }));
      expect(fault).toMatchObject({
        code: 'stack-too-large',
        found: expect.stringMatching(
          /^5\d\d resources, of which 440 for the 110 functions that serve routes, 110 of them isolated,/,
        ),
      });
      expect(fault.fix).toMatch(/^A function is four resources\. Leave out isolate,.+ two APIs, each in its own stack/);
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

  it('fails before functions are bundled with one byte more than a megabyte, and not with one less', () => {
    const definition = generatedApi(250, 5, 'shop');
    withFolder((folder) => {
      const withOther = (bytes: number) => {
        const stack = new Stack(new App(), 'Full');
        new CfnWaitConditionHandle(stack, 'Other').addMetadata('text', 'x'.repeat(bytes));
        return faultOf(() => new SecureApi(stack, 'Api', { definition, handlers: folder, identity: oidc() }));
      };
      const [, found = ''] = /^a template of about (\d+) bytes$/.exec(withOther(LARGEST_TEMPLATE).found) ?? [];
      const room = 2 * LARGEST_TEMPLATE - Number(found);
      expect(withOther(room).code).toBe('handlers-missing');
      expect(withOther(room + 1)).toMatchObject({
        code: 'stack-too-large',
        found: 'a template of about 1000001 bytes',
      });
    });
  });

  it('is resolved before functions are bundled, and not where all bundles are kept: the check at the end of a synth finds the same', () => {
    withFolder((folder) => {
      const definition = generatedApi(250, 5, 'shop');
      writeHandlers(definition, folder);
      let resolutions = 0;
      const made = (bytes = 0) => {
        resolutions = 0;
        const stack = new Stack(new App(), 'Kept');
        const produce = () => {
          resolutions += 1;
          return 'x'.repeat(bytes);
        };
        new CfnWaitConditionHandle(stack, 'Other').addMetadata('text', Lazy.uncachedString({ produce }));
        return new SecureApi(stack, 'Api', { definition, handlers: folder, identity: oidc() });
      };
      made();
      expect(resolutions).toBe(1);
      const api = made(LARGEST_TEMPLATE);
      expect(resolutions).toBe(0);
      expect(api.node.validate()).toEqual([expect.stringMatching(/^stack-too-large at Kept: found a template of/)]);
    });
  });

  it('that passes is no larger than it seemed, and fails at synth where something was added after the API', () => {
    withSmall({}, (_, stack) => {
      let text = '';
      const other = new CfnWaitConditionHandle(stack, 'Other');
      other.addMetadata('text', Lazy.uncachedString({ produce: () => text }));
      const faults = () => stack.node.findAll().flatMap(({ node }) => node.validate());
      text = 'x'.repeat(LARGEST_TEMPLATE);
      const [, found = ''] = /found a template of about (\d+) bytes/.exec(faults().join()) ?? [];
      // A synth adds what protects resources, and the metadata of the CDK.
      const added = 2_000;
      text = 'x'.repeat(2 * LARGEST_TEMPLATE - Number(found) - added);
      expect(faults()).toEqual([]);
      const { artifacts } = (stack.node.root as App).synth();
      const file = artifacts.map((one) => (one as { templateFullPath?: string }).templateFullPath).find(Boolean) ?? '';
      expect(statSync(file).size).toBeLessThanOrEqual(LARGEST_TEMPLATE);
      expect(statSync(file).size).toBeGreaterThan(LARGEST_TEMPLATE * 0.98);
      text += 'x'.repeat(added + 1);
      expect(faults()).toEqual([
        expect.stringMatching(
          /^stack-too-large at .+ 100\d{4} bytes; expected at most 1000000, .+ Split the definition/,
        ),
      ]);
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
        const restApi = Object.values<Resource>(Resources).find(({ Type }) => Type === 'AWS::ApiGateway::RestApi');
        expect(nodesOf(Object.keys(at(restApi, 'Properties.Body.paths') as object))).toBeLessThanOrEqual(MOST_PATHS);
      }
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
