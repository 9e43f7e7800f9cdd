import { type Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { allowBy, explainActions } from '../serviceRole.ts';

const PREFIX = 'access/';
/** Of the statements that the CDK adds for `enforceSSL`. */
export const DENIES_PLAIN_HTTP = 'Denies what is not sent over TLS 1.2 or newer.';

/**
 * A bucket for the log of requests for files. Its policy grants the access: access control lists, which the L2 would use
 * without a feature flag of the app, stay disabled.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function accessLogs(
  scope: Construct,
  bucket: Bucket,
  { keep, removalPolicy }: { readonly keep: Duration; readonly removalPolicy: RemovalPolicy },
): Bucket {
  const logs = new Bucket(scope, 'AccessLogs', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    lifecycleRules: [{ id: 'old', expiration: keep }],
    removalPolicy,
  });
  explainActions(logs, { 's3:*': DENIES_PLAIN_HTTP });
  allowBy(
    logs,
    new PolicyStatement({
      sid: 'AccessLogsOfOneBucket',
      principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [logs.arnForObjects(`${PREFIX}*`)],
      conditions: {
        ArnLike: { 'aws:SourceArn': bucket.bucketArn },
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
      },
    }),
    'S3 writes the log of requests for files.',
  );
  const resource = bucket.node.defaultChild;
  if (resource instanceof CfnBucket) {
    resource.loggingConfiguration = { destinationBucketName: logs.bucketName, logFilePrefix: PREFIX };
  }
  Validations.of(logs).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It contains the access log of another bucket; a log of the log would never end.',
  });
  return logs;
}
