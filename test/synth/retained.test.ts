import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, RemovalPolicies, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { UploadBucket, type UploadBucketProps } from '../../lib/construct/index.ts';
import { root } from '../support/folders.ts';
import { everything } from './everything.ts';
import { at, isRetained, ofType, only, type Resource, resourcesOf, withFolder, withSmall } from './support.ts';

const POLICY = 'AWS::S3::BucketPolicy';
/** What the deletion of a stack, and the replacement of a resource, leave of it. */
const fate = (resource: Resource) => [resource.DeletionPolicy, resource.UpdateReplacePolicy];

/** The template of a stack with an upload bucket, after `change`. */
function template(props: UploadBucketProps = {}, change: (uploads: UploadBucket, stack: Stack) => void = () => {}) {
  return withFolder((outdir) => {
    const stack = new Stack(new App({ outdir }), 'Uploads');
    change(new UploadBucket(stack, 'Uploads', props), stack);
    return Template.fromStack(stack);
  });
}

describe('the denial of unscanned files', () => {
  const choices = [undefined, 'retain', 'protect', 'destroy'] as const;

  it.each(choices)('outlives the stack, whatever happens to the bucket: %s', (removal) => {
    const made = template({ removal });
    // The policy of the access log lets S3 write to it, so it goes before that bucket is emptied.
    const buckets = ofType(made, POLICY).filter(([id]) => removal !== 'destroy' || !id.includes('AccessLogs'));
    expect(buckets).toHaveLength(removal === 'destroy' ? 1 : 2);
    for (const [, policy] of buckets) expect(fate(policy)).toEqual(['Retain', 'Retain']);
  });

  it.each(choices)('keeps what it needs as long as the bucket: %s', (removal) => {
    const made = template({ removal });
    const kept = fate(only(made, 'AWS::S3::Bucket', 'UploadsBucket'));
    const isKept = removal !== 'destroy';
    expect(kept).toEqual(isKept ? ['RetainExceptOnCreate', 'Retain'] : ['Delete', 'Delete']);
    const parts = [
      only(made, 'AWS::GuardDuty::MalwareProtectionPlan'),
      only(made, 'AWS::IAM::Policy', 'ScanRole'),
      only(made, 'AWS::IAM::Role', 'ScanRole'),
      only(made, 'AWS::S3::Bucket', 'AccessLogs'),
    ];
    for (const part of parts) expect([part.Type, isRetained(part)]).toEqual([part.Type, isKept]);
  });

  it.each<[string, UploadBucketProps, (uploads: UploadBucket, stack: Stack) => void]>([
    ['an aspect that deletes everything', {}, (_, stack) => RemovalPolicies.of(stack).destroy()],
    ['an aspect that retains everything', { removal: 'destroy' }, (_, stack) => RemovalPolicies.of(stack).retain()],
    ['an aspect on its own scope', {}, (uploads) => RemovalPolicies.of(uploads).destroy({ priority: 900 })],
    ['another policy of the bucket', {}, ({ bucket }) => bucket.applyRemovalPolicy(RemovalPolicy.DESTROY)],
    [
      'a bucket that is kept after all',
      { removal: 'destroy' },
      ({ bucket }) => bucket.applyRemovalPolicy(RemovalPolicy.RETAIN),
    ],
    [
      'a statement of your own',
      {},
      ({ bucket }) =>
        bucket.addToResourcePolicy(
          new PolicyStatement({
            principals: [new ServicePrincipal('s3.amazonaws.com')],
            actions: ['s3:PutObject'],
            resources: [bucket.arnForObjects('*')],
          }),
        ),
    ],
    [
      'a property that replaces the bucket',
      {},
      ({ bucket }) => {
        if (bucket.node.defaultChild instanceof CfnBucket) bucket.node.defaultChild.bucketName = 'another-name';
      },
    ],
    ['a scanner of your own', { scanner: Role.fromRoleName(new Stack(), 'Scanner', 'scanner') }, () => {}],
  ])('survives %s', (_, props, change) => {
    const made = template(props, change);
    for (const [, policy] of ofType(made, POLICY)) expect(fate(policy)).toEqual(['Retain', 'Retain']);
    const bucket = only(made, 'AWS::S3::Bucket', 'UploadsBucket');
    for (const [, one] of ofType(made, 'Custom::SecureApiEmptyBucket')) {
      const target = String(at(one, 'Properties.Target.Ref'));
      const emptied = only(made, 'AWS::S3::Bucket', target);
      if (isRetained(emptied)) expect([target, isRetained(one)]).toEqual([target, true]);
    }
    for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::GuardDuty::MalwareProtectionPlan']) {
      for (const [id, resource] of ofType(made, type)) {
        if (/ScanRole|Scan$/.test(id)) expect([id, isRetained(resource)]).toEqual([id, isRetained(bucket)]);
      }
    }
  });

  it('keeps a scanner of your own that is in the stack', () => {
    const stack = new Stack(new App(), 'Uploads');
    const scanner = new Role(stack, 'Scanner', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new UploadBucket(stack, 'Uploads', { scanner }).grantRead(scanner);
    const made = Template.fromStack(stack);
    expect(isRetained(only(made, 'AWS::IAM::Role', 'Scanner'))).toBe(true);
    expect(isRetained(only(made, 'AWS::IAM::Policy', 'Scanner'))).toBe(true);
  });

  it('rejects another removal', () => {
    expect(() => template({ removal: 'snapshot' as 'retain' })).toThrow(
      expect.objectContaining({ code: 'option-invalid', location: expect.stringContaining('removal') }),
    );
  });
});

describe('whatever outlives a stack with everything on', () => {
  /** Types that use or describe a retained resource. Without them nothing new becomes readable, writable or accepted. */
  const USES: Readonly<Record<string, string>> = {
    'AWS::ApiGateway::ApiKey': 'has the secret in its value',
    'AWS::ApiGateway::RestApi': 'names the issuer of the tokens that it accepts',
    'AWS::ApiGateway::Stage': 'writes a log',
    'AWS::ApiGateway::UsagePlan': 'limits an API that is deleted, too',
    'AWS::CloudWatch::Alarm': 'watches a function that nobody calls',
    'AWS::CloudWatch::Dashboard': 'draws what functions and tables report',
    'AWS::CloudWatch::InsightRule': 'reads a log',
    'AWS::DynamoDB::Table': 'is encrypted with the key',
    'AWS::IAM::Policy': 'grants access, so that nothing of it is left without it',
    'AWS::Lambda::Function': 'reads and writes; a function that is gone does not',
    'AWS::Logs::MetricFilter': 'counts lines of a log',
    'AWS::Logs::QueryDefinition': 'reads a log',
    'AWS::Logs::ResourcePolicy': 'allows a service to write a log',
    'AWS::SNS::Topic': 'is encrypted with the key',
    'AWS::WAFv2::LoggingConfiguration': 'writes a log',
  };
  /** What a retained resource may refer to although it is deleted: `<type> → <type>`, with what happens then. */
  const LEFT_BEHIND: Readonly<Record<string, string>> = {
    'AWS::KMS::Key → AWS::IAM::Role': 'nobody is the role that the policy of the key allows',
    'Custom::SecureApiEmptyBucket → AWS::Lambda::Function': 'nothing calls it once the stack is gone',
  };

  let all: readonly (readonly [string, Resource])[];
  beforeAll(() => {
    all = resourcesOf(everything({ logRemovalPolicy: RemovalPolicy.RETAIN }));
  });
  /** The logical ids that a resource refers to. */
  const referenced = ({ Properties }: Resource) => {
    const text = JSON.stringify(Properties ?? {});
    return all
      .map(([id]) => id)
      .filter((id) => text.includes(`"Ref":"${id}"`) || text.includes(`"Fn::GetAtt":["${id}"`));
  };
  const typeOf = (id: string) => all.find(([one]) => one === id)?.[1].Type;

  it('keeps the deployment of an API that is kept, without which its stage cannot be', () => {
    const made = withSmall({}, ({ restApi }, stack) => {
      restApi.applyRemovalPolicy(RemovalPolicy.RETAIN);
      return Template.fromStack(stack);
    });
    for (const type of ['RestApi', 'Stage', 'Deployment']) {
      const [[id, resource] = []] = ofType(made, `AWS::ApiGateway::${type}`);
      expect([id, resource?.DeletionPolicy]).toEqual([expect.any(String), 'Retain']);
    }
  });

  it('keeps what it refers to', () => {
    const byId = new Map(all);
    const retained = all.filter(([, resource]) => isRetained(resource));
    const missing = retained.flatMap(([, resource]) =>
      referenced(resource)
        .filter((id) => !isRetained(byId.get(id) as Resource))
        .map((id) => `${resource.Type} → ${typeOf(id)}`),
    );
    expect([...new Set(missing)].filter((pair) => LEFT_BEHIND[pair] === undefined)).toEqual([]);
    expect(new Set(retained.map(([, { Type }]) => Type))).toEqual(
      new Set([
        'AWS::Cognito::ManagedLoginBranding',
        'AWS::Cognito::UserPool',
        'AWS::Cognito::UserPoolClient',
        'AWS::Cognito::UserPoolDomain',
        'AWS::Cognito::UserPoolGroup',
        'AWS::Cognito::UserPoolResourceServer',
        'AWS::DynamoDB::GlobalTable',
        'AWS::GuardDuty::MalwareProtectionPlan',
        'AWS::IAM::Policy',
        'AWS::IAM::Role',
        'AWS::KMS::Key',
        'AWS::Lambda::Function',
        'AWS::Lambda::Permission',
        'AWS::Logs::LogGroup',
        'AWS::S3::Bucket',
        'AWS::S3::BucketPolicy',
        'AWS::SecretsManager::Secret',
        'Custom::SecureApiEmptyBucket',
      ]),
    );
  });

  it('is named in the documentation with what deletes it, type for type', () => {
    const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
    const [, table = ''] = /\*\*What `retain` keeps\.\*\*(.*?)\nA role is deleted/s.exec(page) ?? [];
    const types = all.filter(([, resource]) => isRetained(resource)).map(([, { Type }]) => Type);
    const onAws = new Set(types.filter((type) => type.startsWith('AWS::')));
    expect(new Set(table.match(/AWS::\w+::\w+/g))).toEqual(onAws);
  });

  it('keeps what refers to it, except for what only uses it', () => {
    const retained = new Set(all.filter(([, resource]) => isRetained(resource)).map(([id]) => id));
    const lost = all
      .filter(([, resource]) => !isRetained(resource) && referenced(resource).some((id) => retained.has(id)))
      .map(([, { Type }]) => Type);
    expect([...new Set(lost)].filter((type) => USES[type] === undefined)).toEqual([]);
    expect(Object.keys(USES).filter((type) => !lost.includes(type))).toEqual([]);
  });

  it('is, of the functions, the trigger without which the user pool issues no token, with its role and log', () => {
    const kept = all.filter(([, resource]) => isRetained(resource));
    const ids = (type: string) => kept.filter(([, { Type }]) => Type === type).map(([id]) => id);
    expect(ids('AWS::Lambda::Function')).toEqual([expect.stringMatching(/^ApiIdentityPretokenFunction/)]);
    expect(ids('AWS::IAM::Role').map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'ApiIdentityPretokenRole',
      'UploadsScanRole',
    ]);
  });

  it('is retained on replacement if and only if it is on deletion', () => {
    const uneven = all.filter(([, resource]) => isRetained(resource) !== (resource.UpdateReplacePolicy === 'Retain'));
    expect(uneven.map(([id]) => id)).toEqual([]);
  });
});
