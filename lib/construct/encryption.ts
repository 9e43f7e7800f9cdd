import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type Removal, statePolicy } from './removal/removal.ts';
import { allowBy, explainActions } from './serviceRole.ts';

/** Props of `Encryption`. */
export interface EncryptionProps {
  /** Name of the API, for the description of the key. */
  readonly apiName: string;
  readonly removal: Removal;
}

const LOG_ACTIONS = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'DescribeKey'];

/** Why the CDK adds statements for the account and for what reads a secret. */
const CDK_STATEMENTS = {
  'kms:*': 'The account keeps control of the key: IAM policies decide who uses it.',
  'kms:Encrypt': 'Secrets Manager, for callers of this account, encrypts the secrets.',
  'kms:CreateGrant': 'Secrets Manager, for callers of this account, uses the key for the secrets.',
  'kms:Decrypt': 'Secrets Manager decrypts a secret that this role is allowed to read.',
};

/**
 * The one key that encrypts the logs, the alarm topic and the secrets of an API. It rotates every year. It outlives the
 * stack if what it encrypts does. Services can use it only for what belongs to this account; roles get
 * their grants where the resources are.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export class Encryption extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { apiName, removal }: EncryptionProps) {
    super(scope, id);
    this.key = new Key(this, 'Default', {
      enableKeyRotation: true,
      removalPolicy: statePolicy(removal),
      // The minimum; KMS has no deletion without a waiting period.
      ...(removal === 'destroy' ? { pendingWindow: Duration.days(7) } : {}),
      description: `Encrypts the logs, the alarms and the client keys of ${apiName}`,
    });
    explainActions(this.key, CDK_STATEMENTS);
    this.allowLogs();
    this.allowAlarms();
  }

  private allowLogs(): void {
    const { account, region, partition, urlSuffix } = Stack.of(this);
    this.allow(
      'CloudWatch Logs encrypts the log groups of this account.',
      new PolicyStatement({
        sid: 'LogGroupsOfThisAccount',
        // Unlike other services, this one has the region and the domain of the partition in its name.
        principals: [new ServicePrincipal(`logs.${region}.${urlSuffix}`)],
        actions: LOG_ACTIONS.map((action) => `kms:${action}`),
        // CloudFormation chooses the names of log groups; the context still ties the key to this account and region.
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
        },
      }),
    );
  }

  private allowAlarms(): void {
    this.allow(
      'Alarms of this account publish to the encrypted topic.',
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  private allow(reason: string, statement: PolicyStatement): void {
    // In the policy of a key, "*" is the key itself.
    statement.addResources('*');
    allowBy(this.key, statement, reason);
  }
}
