import { RemovalPolicy } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { everything } from './everything.ts';
import { at, isRetained, listAt, ofType, only, type Resource, resourcesOf, smallTemplate } from './support.ts';

/** Types whose resources have a name that another stack, or the next attempt, could not use again, and the property. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::KMS::Alias': 'AliasName',
};
/** What waits for a resource: it is created after it, and deleted before. */
const waits = (resource: Resource & { readonly DependsOn?: string | readonly string[] }) =>
  JSON.stringify([resource.DependsOn ?? [], resource.Properties ?? {}]);

describe('a sandbox that is destroyed', () => {
  let all: readonly (readonly [string, Resource])[];
  let template: Template;
  beforeAll(() => {
    template = everything({ removal: 'destroy' });
    all = resourcesOf(template);
  });

  it('leaves nothing: only the policy of a bucket is retained, which goes with its bucket', () => {
    const kept = all.filter(([, one]) => isRetained(one) || one.UpdateReplacePolicy === 'Retain');
    expect(kept.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['UploadsBucketPolicy']);
    expect(only(template, 'AWS::S3::Bucket', 'UploadsBucket').DeletionPolicy).toBe('Delete');
  });

  it('has tables and a user pool that can be deleted, and tables that leave no backup', () => {
    for (const [, table] of ofType(template, 'AWS::DynamoDB::GlobalTable')) {
      expect(at(table, 'Properties.Replicas.0.DeletionProtectionEnabled')).not.toBe(true);
      const recovery = 'Properties.Replicas.0.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled';
      expect(at(table, recovery)).not.toBe(true);
    }
    expect(at(only(template, 'AWS::Cognito::UserPool'), 'Properties.DeletionProtection')).toBe('INACTIVE');
  });

  it('has a key that is deleted after the shortest wait that KMS has', () => {
    expect(at(only(template, 'AWS::KMS::Key'), 'Properties.PendingWindowInDays')).toBe(7);
  });

  it('has no function that could create a log group, and a log group of the stack for each', () => {
    const text = JSON.stringify(template.toJSON());
    expect(text).not.toMatch(/logs:CreateLogGroup|AWSLambdaBasicExecutionRole/);
    const functions = ofType(template, 'AWS::Lambda::Function');
    const groups = functions.map(([, fn]) => at(fn, 'Properties.LoggingConfig.LogGroup.Ref'));
    expect(groups.filter((group) => typeof group !== 'string')).toEqual([]);
  });

  it('empties each bucket before it is deleted', () => {
    const emptied = ofType(template, 'Custom::SecureApiEmptyBucket').map(([, one]) => at(one, 'Properties.Target.Ref'));
    expect(emptied.sort()).toEqual(
      ofType(template, 'AWS::S3::Bucket')
        .map(([id]) => id)
        .sort(),
    );
  });

  it('empties a bucket after its last writer is gone', () => {
    const [[main = ''] = []] = ofType(template, 'Custom::SecureApiEmptyBucket').filter(
      ([, one]) => !String(at(one, 'Properties.Target.Ref')).includes('AccessLogs'),
    );
    expect(waits(only(template, 'AWS::GuardDuty::MalwareProtectionPlan'))).toContain(`"${main}"`);
    const [[logs = ''] = []] = ofType(template, 'Custom::SecureApiEmptyBucket').filter(([id]) => id !== main);
    expect(waits(only(template, 'AWS::S3::BucketPolicy', 'AccessLogs'))).toContain(`"${logs}"`);
  });

  it('deletes the keys of clients before the plans, the table and the secret, and names its API', () => {
    const keys = only(template, 'Custom::SecureApiDeleteApiKeys');
    expect(at(keys, 'Properties.Target.Ref')).toBe(ofType(template, 'AWS::ApiGateway::RestApi')[0]?.[0]);
    const plans = ofType(template, 'AWS::ApiGateway::UsagePlan');
    for (const [id, plan] of plans) {
      expect(waits(keys)).toContain(`"${id}"`);
      for (const kept of ['ApiLimitsClients', 'ApiAuthorizerClientKeys']) expect(waits(plan)).toContain(kept);
    }
  });

  it('lets its functions delete what is in its buckets, and API keys, and nothing else', () => {
    const policies = ofType(template, 'AWS::IAM::Policy').filter(([id]) => /Empty|ClientKeysRemoval/.test(id));
    const statements = policies.flatMap(([, policy]) => listAt(policy, 'Properties.PolicyDocument.Statement'));
    const actions = statements.flatMap((statement) => listAt(statement, 'Action'));
    expect([...new Set(actions)].sort()).toEqual([
      'apigateway:DELETE',
      'apigateway:GET',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:GetBucketTagging',
      's3:ListBucketVersions',
    ]);
  });

  it('rejects logs that stay: nobody could read them without the key', () => {
    expect(() => smallTemplate({ removal: 'destroy', logRemovalPolicy: RemovalPolicy.RETAIN })).toThrow(
      /option-invalid at logRemovalPolicy/,
    );
  });
});

describe.each([
  ['retained', { logRemovalPolicy: RemovalPolicy.RETAIN }],
  ['protected', { removal: 'protect' }],
  ['destroyed', { removal: 'destroy' }],
] as const)('a first deployment that fails, of a stack whose data is %s', (_, props) => {
  let all: readonly (readonly [string, Resource])[];
  let template: Template;
  beforeAll(() => {
    template = everything(props);
    all = resourcesOf(template);
  });

  it('is rolled back to nothing: only the policy of a bucket stays until its bucket goes', () => {
    const kept = all.filter(([, one]) => one.DeletionPolicy === 'Retain').map(([, { Type }]) => Type);
    expect([...new Set(kept)]).toEqual(['AWS::S3::BucketPolicy']);
  });

  it('can be repeated: nothing has a name that is taken', () => {
    const named = all.flatMap(([id, { Type, Properties }]) => {
      const name = NAMES[Type];
      return name !== undefined && Properties?.[name] !== undefined ? [id] : [];
    });
    expect(named).toEqual([]);
    const groups = ofType(template, 'AWS::Logs::LogGroup').filter(([, { Properties }]) => Properties['LogGroupName']);
    // WAF demands the start of a name; the id of the stack makes the rest of it new.
    for (const [, group] of groups) expect(JSON.stringify(group.Properties['LogGroupName'])).toContain('AWS::StackId');
  });

  it('deletes the test file of GuardDuty, with which the bucket could not be deleted', () => {
    const cleanups = ofType(template, 'Custom::SecureApiEmptyBucket').map(([id, one]) => [id, one] as const);
    const plan = only(template, 'AWS::GuardDuty::MalwareProtectionPlan');
    const own = cleanups.filter(([id]) => waits(plan).includes(`"${id}"`));
    expect(own).toHaveLength(1);
    const [[, cleanup] = []] = own;
    const key = at(cleanup, 'Properties.Key');
    expect(key).toBe(
      'removal' in props && props.removal === 'destroy' ? undefined : 'malware-protection-resource-validation-object',
    );
  });
});

describe('a stack whose data is retained', () => {
  it('lets no function delete a file: only the test file of GuardDuty, which no user can write', () => {
    const template = everything();
    const policies = ofType(template, 'AWS::IAM::Policy').filter(([id]) => id.includes('RemoveTestFile'));
    const statements = policies.flatMap(([, policy]) => listAt(policy, 'Properties.PolicyDocument.Statement'));
    const onFiles = statements.filter((one) =>
      listAt(one, 'Action').some((action) => String(action).startsWith('s3:Delete')),
    );
    expect(onFiles).toHaveLength(1);
    expect(JSON.stringify(at(onFiles[0], 'Resource'))).toMatch(/\/malware-protection-resource-validation-object"/);
    const [, list] = statements;
    expect(at(list, 'Condition.StringEquals')).toEqual({
      's3:prefix': 'malware-protection-resource-validation-object',
    });
  });

  it('has no deletion protection, which a rollback could not take off; protect adds it', () => {
    const protection = (template: Template) => [
      at(only(template, 'AWS::Cognito::UserPool'), 'Properties.DeletionProtection'),
      ...ofType(template, 'AWS::DynamoDB::GlobalTable')
        .filter(([, table]) => isRetained(table))
        .map(([, table]) => at(table, 'Properties.Replicas.0.DeletionProtectionEnabled')),
    ];
    expect(protection(everything())).toEqual(['INACTIVE', false, false]);
    expect(protection(everything({ removal: 'protect' }))).toEqual(['ACTIVE', true, true]);
  });
});
