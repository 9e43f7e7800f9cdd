import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

const LOG_ACTIONS = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'DescribeKey'];

/**
 * The one key that encrypts the logs, the topic and the secret of an API, rotated every year. It outlives the stack, as the
 * logs and the secret's backups may. Services may use it only for what belongs to this account; grants to roles are made
 * where the resources are.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function encryptionKey(scope: Construct, apiName: string): Key {
  const { account, region, partition } = Stack.of(scope);
  const key = new Key(scope, 'Key', {
    enableKeyRotation: true,
    description: `Encrypts the logs, the alarms and the client keys of ${apiName}`,
  });
  // In the policy of a key, "*" is the key itself.
  const resources = ['*'];
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LogGroupsOfThisAccount',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: LOG_ACTIONS.map((action) => `kms:${action}`),
      resources,
      // The names of log groups are made at deployment; the context still ties the key to this account and region.
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources,
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
  return key;
}
