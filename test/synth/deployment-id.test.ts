import { App, type CfnResource, type Stack } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import type { SecureApi } from '../../lib/construct/index.ts';
import { at, withSmall } from './support.ts';

type Deployment = CfnResource & { calculateLogicalId?: unknown };

function deploymentOf(api: SecureApi): Deployment {
  const { defaultChild } = api.restApi.latestDeployment?.node ?? {};
  if (defaultChild === undefined) throw new Error('There is no deployment.');
  return defaultChild as Deployment;
}

/** The id of the deployment in the template of a new synth, and the one that its stage refers to. */
function synthesizedIds(stack: Stack): readonly [own: unknown, ofStage: unknown] {
  const { root } = stack.node;
  if (!App.isApp(root)) throw new Error('The stack is in no app.');
  const { Resources } = root.synth({ force: true }).getStackByName(stack.stackName).template;
  const all = Object.entries<{ readonly Type: string }>(Resources);
  const [own] = all.find(([, { Type }]) => Type === 'AWS::ApiGateway::Deployment') ?? [];
  const [, stage] = all.find(([, { Type }]) => Type === 'AWS::ApiGateway::Stage') ?? [];
  return [own, at(stage, 'Properties.DeploymentId.Ref')];
}

it('has the id that the CDK computes, everywhere in the template, although it is computed once', () => {
  withSmall({}, (api, stack) => {
    const [own, ofStage] = synthesizedIds(stack);
    expect(ofStage).toBe(own);
    const deployment = deploymentOf(api);
    // Without what remembers it, the method is that of the CDK.
    expect(Object.hasOwn(deployment, 'calculateLogicalId')).toBe(true);
    delete deployment.calculateLogicalId;
    expect(stack.resolve(deployment.logicalId)).toBe(own);
  });
});

it('has another id in each synth before which the API has changed, and the same one where it has not', () => {
  withSmall({}, (api, stack) => {
    const [first] = synthesizedIds(stack);
    expect(synthesizedIds(stack)).toEqual([first, first]);
    const restApi = api.restApi.node.defaultChild as CfnResource;
    restApi.addPropertyOverride('Description', 'Changed');
    const [second, ofStage] = synthesizedIds(stack);
    expect(second).not.toBe(first);
    expect(ofStage).toBe(second);
    expect(second).toMatch(/[0-9a-f]{32}$/);
  });
});
