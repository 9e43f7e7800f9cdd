import { Stack, Tags, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { REMOVAL_TAG } from '../../../lambdas/shared/wireContract.ts';
import { statePolicy } from '../removal/removal.ts';
import { RemovalResource } from '../removal/removalResource.ts';

/**
 * Empties a bucket before it is deleted with its stack. CloudFormation cannot delete one that has objects.
 *
 * @returns what has to be created before whatever writes to the bucket, so that it is deleted after that.
 */
export function emptyOnRemoval(scope: Construct, id: string, bucket: Bucket): RemovalResource {
  Tags.of(bucket).add(REMOVAL_TAG.key, REMOVAL_TAG.value);
  const resource = new RemovalResource(scope, id, {
    cleanup: 'emptyBucket',
    description: 'Empties a bucket before it is deleted with its stack',
    target: bucket.bucketName,
    permissions: [
      [
        new PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [bucket.bucketArn] }),
        'Finds what is in the bucket.',
      ],
      [
        new PolicyStatement({ actions: ['s3:GetBucketTagging'], resources: [bucket.bucketArn] }),
        'Sees whether the bucket is deleted, too, or only leaves its stack.',
      ],
      [
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
          resources: [bucket.arnForObjects('*')],
        }),
        'Deletes every version of every object when the stack is deleted; the wildcard stands for what is in this bucket.',
      ],
    ],
  });
  Validations.of(resource).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${idOf(bucket)}.Arn>/*]`,
    reason: 'A sandbox: the bucket is deleted with everything in it, and this function empties no other.',
  });
  return resource;
}

/**
 * Deletes one object of a bucket that is retained, if the deployment that creates the bucket fails: with the object in it,
 * CloudFormation could not delete the bucket, and the rollback would fail. Whenever else the stack is deleted, the custom
 * resource is retained with the bucket, so nothing calls the function.
 */
export function deleteOnRollback(scope: Construct, id: string, bucket: Bucket, key: string): RemovalResource {
  return new RemovalResource(scope, id, {
    cleanup: 'emptyBucket',
    description: 'Deletes the test file of GuardDuty when a first deployment is rolled back',
    target: bucket.bucketName,
    properties: { Key: key },
    policy: statePolicy('retain'),
    permissions: [
      [
        new PolicyStatement({
          actions: ['s3:ListBucketVersions'],
          resources: [bucket.bucketArn],
          conditions: { StringEquals: { 's3:prefix': key } },
        }),
        'Finds the versions of the test file of GuardDuty.',
      ],
      [
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
          resources: [bucket.arnForObjects(key)],
        }),
        'Deletes the test file of GuardDuty, which would keep CloudFormation from deleting the bucket.',
      ],
    ],
  });
}

function idOf(bucket: Bucket): string {
  const resource = bucket.node.defaultChild;
  return resource instanceof CfnBucket ? Stack.of(bucket).getLogicalId(resource) : '';
}
