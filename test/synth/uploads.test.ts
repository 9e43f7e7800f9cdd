import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { UploadBucket, type UploadBucketProps } from '../../lib/construct/index.ts';
import { at, listAt, only, synthesizeUnderRules, withFolder } from './support.ts';

type Statement = Readonly<Record<string, unknown>>;

/** A stack with an upload bucket, and what `use` makes of it. */
function withBucket<T>(use: (uploads: UploadBucket, stack: Stack) => T, props: UploadBucketProps = {}): T {
  return withFolder((outdir) => {
    const stack = new Stack(new App({ outdir }), 'Uploads');
    return use(new UploadBucket(stack, 'Uploads', props), stack);
  });
}

const template = (props: UploadBucketProps = {}) => withBucket((_, stack) => Template.fromStack(stack), props);
const policyOf = (made: Template) =>
  listAt(
    only(made, 'AWS::S3::BucketPolicy', 'UploadsBucket'),
    'Properties.PolicyDocument.Statement',
  ) as readonly Statement[];
const sid = (made: Template, name: string) => policyOf(made).find((statement) => statement['Sid'] === name);

/** Decides about a request as S3 does with the denials of a bucket policy: any that matches wins. */
function denied(
  made: Template,
  request: { readonly action: string; readonly tag?: string; readonly principal?: unknown },
): boolean {
  return policyOf(made)
    .filter(({ Sid }) => Sid !== undefined)
    .some((statement) => {
      const notPrincipal = at(statement['Condition'], 'ArnNotEquals');
      const scanner = (notPrincipal as Readonly<Record<string, unknown>> | undefined)?.['aws:PrincipalArn'];
      const tags = at(statement['Condition'], 'StringNotEquals') as Readonly<Record<string, string>> | undefined;
      const clean = tags?.['s3:ExistingObjectTag/GuardDutyMalwareScanStatus'];
      return (
        statement['Effect'] === 'Deny' &&
        listAt(statement, 'Action').includes(request.action) &&
        (scanner === undefined || JSON.stringify(request.principal) !== JSON.stringify(scanner)) &&
        (clean === undefined || request.tag !== clean)
      );
    });
}

describe('the bucket for uploads', () => {
  const made = template();

  it('is private, encrypted and versioned, and stays when its stack is deleted', () => {
    const bucket = only(made, 'AWS::S3::Bucket', 'UploadsBucket');
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: { LogFilePrefix: 'access/' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    expect(bucket.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('speaks TLS 1.2 and newer alone, and so does the bucket of its access log', () => {
    for (const name of ['UploadsBucket', 'UploadsAccessLogs']) {
      const statements = listAt(only(made, 'AWS::S3::BucketPolicy', name), 'Properties.PolicyDocument.Statement');
      const conditions = statements.map((statement) => at(statement, 'Condition'));
      expect(conditions).toEqual(
        expect.arrayContaining([
          { Bool: { 'aws:SecureTransport': 'false' } },
          { NumericLessThan: { 's3:TlsVersion': 1.2 } },
        ]),
      );
    }
  });

  it('removes what no scan released, what was replaced, and what was never finished', () => {
    const rules = listAt(only(made, 'AWS::S3::Bucket', 'UploadsBucket'), 'Properties.LifecycleConfiguration.Rules');
    const rejected = rules.filter((rule) => at(rule, 'TagFilters') !== undefined);
    expect(rejected.map((rule) => [at(rule, 'TagFilters.0.Value'), at(rule, 'ExpirationInDays')])).toEqual([
      ['THREATS_FOUND', 7],
      ['UNSUPPORTED', 7],
      ['ACCESS_DENIED', 7],
      ['FAILED', 7],
    ]);
    expect(rules.map((rule) => at(rule, 'AbortIncompleteMultipartUpload.DaysAfterInitiation'))).toContain(1);
    expect(rules.map((rule) => at(rule, 'NoncurrentVersionExpiration.NoncurrentDays'))).toContain(30);
  });

  it('is read by nobody before a scan has found no threat, and by its scanner at any time', () => {
    const scanner = { 'Fn::GetAtt': [expect.stringContaining('ScanRole'), 'Arn'] };
    expect(at(sid(made, 'NoReadUnlessClean'), 'Condition.ArnNotEquals')).toEqual({ 'aws:PrincipalArn': scanner });
    const role = at(at(sid(made, 'NoReadUnlessClean'), 'Condition.ArnNotEquals'), 'aws:PrincipalArn');
    const read = { action: 's3:GetObject' };
    expect(denied(made, read)).toBe(true);
    expect(denied(made, { ...read, tag: 'THREATS_FOUND' })).toBe(true);
    expect(denied(made, { action: 's3:GetObjectVersion', tag: 'FAILED' })).toBe(true);
    expect(denied(made, { ...read, tag: 'NO_THREATS_FOUND' })).toBe(false);
    expect(denied(made, { ...read, principal: role })).toBe(false);
    expect(denied(made, { action: 's3:PutObject' })).toBe(false);
  });

  it.each(['GetObjectVersionForReplication', 'GetObjectTorrent', 'GetObjectVersionTorrent'])(
    'is copied by nobody with %s, to which the tag does not apply',
    (action) => {
      for (const tag of [undefined, 'FAILED', 'NO_THREATS_FOUND']) {
        expect(denied(made, { action: `s3:${action}`, ...(tag && { tag }) })).toBe(true);
      }
    },
  );

  it('is tagged by nobody but its scanner, whatever the tag', () => {
    for (const action of ['PutObjectTagging', 'PutObjectVersionTagging', 'DeleteObjectTagging', 'ReplicateTags']) {
      expect(denied(made, { action: `s3:${action}`, tag: 'NO_THREATS_FOUND' })).toBe(true);
    }
  });

  it('is scanned by GuardDuty under its prefix, with the tag', () => {
    made.hasResourceProperties('AWS::GuardDuty::MalwareProtectionPlan', {
      Actions: { Tagging: { Status: 'ENABLED' } },
      ProtectedResource: { S3Bucket: { ObjectPrefixes: ['uploads/'] } },
    });
    made.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Principal: { Service: 'malware-protection-plan.guardduty.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      }),
    });
  });

  it('takes a scanner of one’s own, lifetimes and a prefix', () => {
    const stack = new Stack();
    const scanner = Role.fromRoleArn(stack, 'Scanner', 'arn:aws:iam::123456789012:role/scanner');
    const other = template({
      scanner,
      prefix: 'in/',
      keepRejected: Duration.days(1),
      keepReplaced: Duration.days(2),
      keepAccessLogs: Duration.days(3),
      removal: 'destroy',
    });
    other.resourceCountIs('AWS::GuardDuty::MalwareProtectionPlan', 0);
    expect(denied(other, { action: 's3:PutObjectTagging', principal: scanner.roleArn })).toBe(false);
    expect(denied(other, { action: 's3:PutObjectTagging' })).toBe(true);
    const bucket = only(other, 'AWS::S3::Bucket', 'UploadsBucket');
    expect(bucket.DeletionPolicy).toBe('Delete');
    const days = listAt(bucket, 'Properties.LifecycleConfiguration.Rules').map((rule) => at(rule, 'ExpirationInDays'));
    expect(days.filter((day) => day !== undefined)).toEqual([1, 1, 1, 1]);
  });
});

describe('the rights to a bucket for uploads', () => {
  it('include a list of the keys under its prefix, and of no others', () => {
    withBucket((uploads, stack) => {
      uploads.grantList(new Role(stack, 'Grantee', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
      const policy = only(Template.fromStack(stack), 'AWS::IAM::Policy', 'GranteeDefaultPolicy');
      expect(listAt(policy, 'Properties.PolicyDocument.Statement')).toEqual([
        {
          Action: 's3:ListBucket',
          Condition: { StringLike: { 's3:prefix': 'uploads/*' } },
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [expect.stringContaining('UploadsBucket'), 'Arn'] },
        },
      ]);
      expect(() => synthesizeUnderRules(stack)).not.toThrow();
    });
  });

  it('are each for one thing, under the prefix, and pass the rules with their reasons', () => {
    withBucket((uploads, stack) => {
      const role = new Role(stack, 'Grantee', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      uploads.grantPut(role);
      uploads.grantRead(role);
      uploads.grantStatus(role);
      uploads.grantDelete(role);
      const statements = listAt(
        only(Template.fromStack(stack), 'AWS::IAM::Policy', 'GranteeDefaultPolicy'),
        'Properties.PolicyDocument.Statement',
      );
      const actions = statements.flatMap((statement) => listAt(statement, 'Action'));
      expect(actions.sort()).toEqual([
        's3:DeleteObject',
        's3:GetObject',
        's3:GetObjectTagging',
        's3:ListBucket',
        's3:PutObject',
      ]);
      for (const statement of statements) {
        if (listAt(statement, 'Action').includes('s3:ListBucket')) continue;
        expect(JSON.stringify(at(statement, 'Resource'))).toContain('"/uploads/*"');
      }
      expect(() => synthesizeUnderRules(stack)).not.toThrow();
    });
  });

  it('and the bucket itself pass the rules in a region that is known, too', () => {
    withFolder((outdir) => {
      const env = { account: '123456789012', region: 'eu-central-1' };
      const stack = new Stack(new App({ outdir }), 'Uploads', { env });
      new UploadBucket(stack, 'Uploads');
      expect(() => synthesizeUnderRules(stack)).not.toThrow();
    });
  });
});
