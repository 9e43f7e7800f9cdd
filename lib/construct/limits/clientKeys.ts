import { CfnRestApi, type CfnUsagePlan, type SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { REMOVAL_TAG } from '../../../lambdas/shared/wireContract.ts';
import { RemovalResource } from '../removal/removalResource.ts';
import { acknowledgeControlPlane, controlPlaneArn } from './controlPlane.ts';

const REASON =
  'API Gateway chooses the ids of keys, so the wildcard stands for those of the region: the function deletes only keys whose names start with the id of this REST API.';

const SEES_API =
  'Sees whether the API is deleted, too, or only leaves its stack; the wildcard stands for one that was replaced and has another id.';

/** What the keys belong to. */
export interface KeysParts {
  readonly restApi: SpecRestApi;
  /** By tier; they are deleted after the keys. */
  readonly plans: Readonly<Record<string, CfnUsagePlan>>;
  /** Makes keys, so it is deleted before them. */
  readonly rotation?: IConstruct;
}

/**
 * Deletes, with a sandbox, the API keys that commands and rotations have made outside of CloudFormation: before the plans that they
 * belong to, the table that names them and the secret that their values are computed from.
 */
export function deleteKeysOnRemoval(scope: Construct, { restApi, plans, rotation }: KeysParts): RemovalResource {
  const arn = controlPlaneArn(scope, '/apikeys');
  const api = restApi.node.defaultChild;
  if (api instanceof CfnRestApi) api.tags.setTag(REMOVAL_TAG.key, REMOVAL_TAG.value);
  const resource = new RemovalResource(scope, 'ClientKeysRemoval', {
    cleanup: 'deleteApiKeys',
    description: 'Deletes the API keys of clients before their API is deleted',
    target: restApi.restApiId,
    permissions: [
      [
        new PolicyStatement({ actions: ['apigateway:GET'], resources: [arn] }),
        'Finds the API keys of this REST API by their names. The right also covers the values of keys, which it does not read.',
      ],
      [
        new PolicyStatement({ actions: ['apigateway:GET'], resources: [controlPlaneArn(scope, '/restapis/*')] }),
        SEES_API,
      ],
      [new PolicyStatement({ actions: ['apigateway:DELETE'], resources: [`${arn}/*`] }), REASON],
    ],
  });
  acknowledgeControlPlane(resource, '/apikeys/*', REASON);
  acknowledgeControlPlane(resource, '/restapis/*', SEES_API);
  resource.node.addDependency(...Object.values(plans));
  rotation?.node.addDependency(resource);
  return resource;
}
