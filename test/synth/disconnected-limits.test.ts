import type { App, CfnResource, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { CfnApiKey, CfnRestApi, CfnUsagePlan, CfnUsagePlanKey } from 'aws-cdk-lib/aws-apigateway';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertLimitsConnected } from '../../lib/construct/limits/disconnected.ts';
import type { TemplateFragment } from '../../lib/construct/limits/template.ts';
import { at, smallApi, smallTemplate, withSmall } from './support.ts';

const api = smallApi();
let template: Template;
beforeAll(() => {
  template = smallTemplate();
});

describe('the proof that limits are connected', () => {
  type Change = (template: TemplateFragment) => void;
  const broken = (change: Change) => {
    const copy = structuredClone(template.toJSON()) as TemplateFragment;
    change(copy);
    return () => assertLimitsConnected(api, copy);
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
