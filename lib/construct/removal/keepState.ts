import { AspectPriority, Aspects, CfnDeletionPolicy, CfnResource, type IAspect, Stack } from 'aws-cdk-lib';
import { CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { DeploymentId } from '../gateway/deploymentId.ts';
import { isSynthesized, resolved } from '../limits/template.ts';
import { dependants, type Part } from './dependants.ts';

/**
 * Keeps, with each resource below a construct that outlives the stack, what protects it and what it needs: see
 * {@link dependants}. It looks at the whole stack, as the template will be: later changes to policies are made before.
 *
 * CloudFormation deletes the policy of a bucket before the bucket, also where the bucket then stays because it still has files.
 * So policies of buckets are always retained, unless they are released; the policy of a bucket that is deleted goes with it.
 */
export function keepState(scope: IConstruct, released: readonly IConstruct[] = []): void {
  const stack = Stack.of(scope);
  const aspects = Aspects.of(stack);
  const present = aspects.all.find((aspect) => aspect instanceof KeepState);
  const aspect = present ?? new KeepState(stack);
  aspect.scopes.push(scope);
  aspect.released.push(...released.flatMap((one) => one.node.findAll()));
  // After every aspect that sets policies of removal, because it reads the result.
  if (present === undefined) aspects.add(aspect, { priority: AspectPriority.READONLY });
}

class KeepState implements IAspect {
  readonly scopes: IConstruct[] = [];
  /** Policies of buckets that go when their bucket goes. */
  readonly released: IConstruct[] = [];
  private readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Aspects run node after node: before the last one, some policies are not set yet. */
  visit(node: IConstruct): void {
    if (!isLastOf(this.stack, node)) return;
    const all = this.stack.node.findAll();
    DeploymentId.withoutHashes(all, () => this.keep(all.filter((one) => CfnResource.isCfnResource(one))));
  }

  private keep(all: readonly CfnResource[]): void {
    const byId = new Map(all.filter(isSynthesized).map((one) => [idOf(one), one]));
    const parts = new Map([...byId].map(([id, one]) => [id, partOf(this.stack, one)]));
    const below = this.scopes.flatMap((scope) => scope.node.findAll()).filter((one) => CfnResource.isCfnResource(one));
    const isRoot = (one: CfnResource) => isRetained(one) && !(one instanceof CfnBucketPolicy);
    for (const policy of [CfnDeletionPolicy.RETAIN, CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE]) {
      for (const root of below.filter((one) => isRoot(one) && one.cfnOptions.deletionPolicy === policy)) {
        for (const id of dependants(parts, idOf(root))) retain(byId.get(id), policy);
      }
    }
    const policies = below.filter((one) => one instanceof CfnBucketPolicy && !this.released.includes(one));
    for (const one of policies) retain(one, CfnDeletionPolicy.RETAIN, true);
  }
}

function retain(resource: CfnResource | undefined, policy: CfnDeletionPolicy, isForced = false): void {
  if (resource === undefined || (isRetained(resource) && !isForced)) return;
  resource.cfnOptions.deletionPolicy = policy;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}

function isRetained({ cfnOptions }: CfnResource): boolean {
  const { deletionPolicy } = cfnOptions;
  return deletionPolicy === CfnDeletionPolicy.RETAIN || deletionPolicy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
}

/** Its properties are resolved when they are asked for: most resources have nothing to do with one that stays. */
function partOf(stack: Stack, resource: CfnResource): Part {
  let properties: Part['properties'] | undefined;
  return {
    type: resource.cfnResourceType,
    get properties() {
      properties ??= resolved(stack, resource)?.Properties ?? {};
      return properties;
    },
    isDeleted: resource.cfnOptions.deletionPolicy === CfnDeletionPolicy.DELETE,
  };
}

function idOf(resource: CfnResource): string {
  return Stack.of(resource).getLogicalId(resource);
}

/** Whether the node is the last one that an aspect of the ancestor visits. */
function isLastOf(ancestor: IConstruct, node: IConstruct): boolean {
  const { scope, children } = node.node;
  if (children.length > 0) return false;
  for (let [child, parent] = [node, scope]; child !== ancestor; [child, parent] = [parent, parent.node.scope]) {
    if (parent === undefined || parent.node.children.at(-1) !== child) return false;
  }
  return true;
}
