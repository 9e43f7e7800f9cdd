import { Stack, Token, Validations } from 'aws-cdk-lib';
import { CfnMalwareProtectionPlan } from 'aws-cdk-lib/aws-guardduty';
import { type IRole, PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { explain, ServiceRole } from '../serviceRole.ts';

const SERVICE = 'malware-protection-plan.guardduty.amazonaws.com';
/** GuardDuty creates a rule of this name, followed by letters and digits, for the bucket's events. */
const RULE = 'DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*';
/** GuardDuty puts this object once, to verify that the account owns the bucket. */
export const PROOF = 'malware-protection-resource-validation-object';

/** Why its permissions have wildcards. */
const RULE_NAME =
  'The wildcard is for the end of the name, which GuardDuty generates; it changes only rules that it manages.';
const FILES = 'The wildcard is for the files: the scanner has to read and tag each one of this bucket.';

/** What is scanned, with which role. */
export interface ScanParts {
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly role: IRole;
}

/**
 * The role that GuardDuty assumes to read and tag the files of one bucket.
 *
 * @see https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html
 */
export function guardDutyRole(scope: Construct, bucket: Bucket): Role {
  const { account, region, partition } = Stack.of(scope);
  const role = new ServiceRole(scope, 'ScanRole', {
    description: 'GuardDuty reads new files, and tags them with what it found',
    assumedBy: new ServicePrincipal(SERVICE, {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  });
  const rule = `arn:${partition}:events:${region}:${account}:rule/${RULE}`;
  const allow = (
    reason: string,
    actions: string[],
    resource: string,
    conditions?: Record<string, Record<string, string>>,
  ) =>
    explain(role, reason, () =>
      role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource], conditions })),
    );
  allow(
    `Creates and removes the rule by which it learns of new files. ${RULE_NAME}`,
    ['PutRule', 'DeleteRule', 'PutTargets', 'RemoveTargets'].map(of('events')),
    rule,
    {
      StringEquals: { 'events:ManagedBy': SERVICE },
    },
  );
  allow(
    `Looks whether its rule still exists. ${RULE_NAME}`,
    ['DescribeRule', 'ListTargetsByRule'].map(of('events')),
    rule,
  );
  const tags = ['PutObjectTagging', 'GetObjectTagging', 'PutObjectVersionTagging', 'GetObjectVersionTagging'];
  allow(
    `Reads new files, and tags them with what it found. ${FILES}`,
    ['GetObject', 'GetObjectVersion', ...tags].map(of('s3')),
    bucket.arnForObjects('*'),
  );
  allow(
    'Turns on the events of the bucket.',
    ['PutBucketNotification', 'GetBucketNotification', 'ListBucket'].map(of('s3')),
    bucket.bucketArn,
  );
  allow(
    'Puts one object of a fixed name, to verify who owns the bucket.',
    ['s3:PutObject'],
    bucket.arnForObjects(PROOF),
  );
  acknowledge(role, bucket);
  return role;
}

/**
 * Has GuardDuty scan every file under the prefix. EventBridge notifies it, which it would enable itself; the template
 * enables it too, so that a later deployment does not disable it.
 */
export function scanByGuardDuty(scope: Construct, { bucket, prefix, role }: ScanParts): CfnMalwareProtectionPlan {
  const resource = bucket.node.defaultChild;
  if (resource instanceof CfnBucket) {
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
  const plan = new CfnMalwareProtectionPlan(scope, 'Scan', {
    role: role.roleArn,
    protectedResource: { s3Bucket: { bucketName: bucket.bucketName, objectPrefixes: [prefix] } },
    actions: { tagging: { status: 'ENABLED' } },
  });
  // GuardDuty checks the permissions of the role when the plan is created.
  plan.node.addDependency(role);
  return plan;
}

function of(service: string): (action: string) => string {
  return (action) => `${service}:${action}`;
}

/** cdk-nag writes values that are known only at deployment as names of pseudo parameters. */
function acknowledge(role: Role, bucket: Bucket): void {
  const { region, account } = Stack.of(role);
  const named = (value: string, parameter: string) => (Token.isUnresolved(value) ? `<AWS::${parameter}>` : value);
  const rule = `arn:<AWS::Partition>:events:${named(region, 'Region')}:${named(account, 'AccountId')}:rule/${RULE}`;
  const bucketId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  Validations.of(role).acknowledge(
    {
      id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/*]`,
      reason: FILES,
    },
    {
      id: `AwsSolutions-IAM5[Resource::${rule}]`,
      reason: RULE_NAME,
    },
  );
}
