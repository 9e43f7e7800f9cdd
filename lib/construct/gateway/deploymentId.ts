import { attachCustomSynthesis, CfnResource, Names, Stack } from 'aws-cdk-lib';
import type { Deployment } from 'aws-cdk-lib/aws-apigateway';
import { Construct, type IConstruct } from 'constructs';

/** The method of a deployment by which the CDK computes its id. */
const MEMBER = 'calculateLogicalId';

/**
 * The id of a deployment, which ends with a hash of the whole API, so that a changed API is deployed. The CDK computes it again whenever
 * something refers to the deployment, fifteen times in a synth: a third of the time of one of 300 routes. Here it is computed when
 * templates are written, when nothing changes any more, and remembered until the next synth. Where a later CDK has no such
 * method, it is as slow as before.
 */
export class DeploymentId extends Construct {
  private known: string | undefined;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const resource = deployment.node.defaultChild;
    const compute: unknown = resource && Reflect.get(resource, MEMBER);
    if (!CfnResource.isCfnResource(resource) || typeof compute !== 'function') return;
    Reflect.set(resource, MEMBER, (parts: unknown) => this.known ?? compute.call(resource, parts));
    attachCustomSynthesis(this, {
      onSynthesize: () => {
        this.known = undefined;
        this.known = Stack.of(resource).resolve(resource.logicalId);
      },
    });
  }

  /** Runs something for which the id needs no hash. */
  static withoutHashes<T>(scopes: readonly IConstruct[], run: () => T): T {
    const ids = scopes.filter((one) => one instanceof DeploymentId);
    const before = ids.map(({ known }) => known);
    for (const one of ids) one.known = Names.nodeUniqueId(one.node);
    try {
      return run();
    } finally {
      for (const [i, one] of ids.entries()) one.known = before[i];
    }
  }
}
