import { describe, expect, it } from 'vitest';
import { loadAssembly } from '../../assembly/load.ts';
import { handWritten, SMALLEST_API } from '../support/assembly.ts';

const TAG = 's3:ExistingObjectTag/GuardDutyMalwareScanStatus';
const QUARANTINE = {
  Sid: 'Quarantine',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:GetObject',
  Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Uploads', 'Arn'] }, '/*']] },
  Condition: {
    StringNotEquals: { [TAG]: 'NO_THREATS_FOUND' },
    ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Scanner', 'Arn'] } },
  },
};
const plan = (properties: object) => ({ Type: 'AWS::GuardDuty::MalwareProtectionPlan', Properties: properties });
const ofUploads = (more: object = {}) => ({ S3Bucket: { BucketName: { Ref: 'Uploads' }, ...more } });
const tagging = (Status: string) => ({ Actions: { Tagging: { Status } } });

/** The bucket of a template, and what is not emulated of its policy and its plan. */
function load(statements: readonly object[], resources: object = {}, sections: object = {}) {
  const PolicyDocument = { Version: '2012-10-17', Statement: statements };
  const Resources = {
    ...SMALLEST_API,
    Uploads: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'uploads' } },
    Scanner: { Type: 'AWS::IAM::Role', Properties: {} },
    Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Uploads' }, PolicyDocument } },
    ...resources,
  };
  const { buckets, emulationGaps } = loadAssembly(handWritten({ Resources, ...sections }), { secretValue: () => '' });
  const gaps = emulationGaps.filter(({ type }) => /BucketPolicy|MalwareProtectionPlan/.test(type));
  return { ...buckets[0], gaps: gaps.map(({ resource, detail }) => `${resource}: ${detail}`) };
}

describe('the policy of a bucket', () => {
  it('is read by its denials, and not by what it allows', () => {
    const { denials, gaps } = load([QUARANTINE, { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }]);
    expect(gaps).toEqual([]);
    expect(denials).toEqual([
      {
        sid: 'Quarantine',
        actions: ['s3:getobject'],
        exceptActions: false,
        resources: ['arn:aws:s3:::uploads/*'],
        exceptResources: false,
        conditions: [
          { operator: 'StringNotEquals', key: TAG.toLowerCase(), values: ['NO_THREATS_FOUND'] },
          { operator: 'ArnNotEquals', key: 'aws:principalarn', values: [expect.stringMatching(/:role\/.*Scanner/)] },
        ],
      },
    ]);
  });

  const UNKNOWN = { 'Fn::GetAtt': ['Uploads', 'OnlyAwsKnowsThis'] };
  it.each<[string, object, object, string]>([
    [
      'operator',
      { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
      { conditions: [] },
      'IpAddress aws:SourceIp',
    ],
    [
      'key',
      { Condition: { StringNotEquals: { 'aws:SourceVpce': 'v' } } },
      { conditions: [] },
      'aws:SourceVpce counts as met',
    ],
    ['value', { Condition: { Bool: { 'aws:SecureTransport': UNKNOWN } } }, { conditions: [] }, 'counts as met'],
    ['action', { Action: UNKNOWN }, { actions: ['*'], exceptActions: false }, 'its action'],
    [
      'excepted action',
      { Action: undefined, NotAction: UNKNOWN },
      { actions: ['*'], exceptActions: false },
      'its action',
    ],
    ['resource', { Resource: UNKNOWN }, { resources: ['*'] }, 'its resource'],
    ['principal', { Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, {}, 'denies to everyone'],
    ['exempt principal', { NotPrincipal: { AWS: UNKNOWN }, Principal: undefined }, {}, 'denies to everyone'],
    ['effect', { Effect: UNKNOWN }, {}, 'its effect'],
  ])('denies more, with a notice, when its %s cannot be evaluated', (_, change, read, notice) => {
    const { denials, gaps } = load([{ ...QUARANTINE, Condition: undefined, ...change }]);
    expect(denials).toMatchObject([read]);
    expect(gaps).toEqual([expect.stringContaining(notice)]);
  });

  it.each([
    ['a statement that a function chooses', { 'Fn::If': ['No', QUARANTINE, { Ref: 'AWS::NoValue' }] }, []],
    ['a statement that is chosen', { 'Fn::If': ['Yes', QUARANTINE, { Ref: 'AWS::NoValue' }] }, ['Quarantine']],
    ['an effect that is chosen', { ...QUARANTINE, Effect: { 'Fn::If': ['No', 'Deny', 'Allow'] } }, []],
    ['a statement that cannot be chosen', { 'Fn::If': ['Missing', QUARANTINE, QUARANTINE] }, ['statement 1']],
  ])('is read with %s', (_, statement, sids) => {
    const Conditions = { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Equals': ['a', 'b'] } };
    const { denials } = load([statement], {}, { Conditions });
    expect(denials?.map(({ sid }) => sid)).toEqual(sids);
  });

  it('does not keep a stack from starting when it allows what only AWS knows', () => {
    expect(
      load([{ Effect: 'Allow', Principal: { CanonicalUser: UNKNOWN }, Action: 's3:GetObject', Resource: '*' }]),
    ).toMatchObject({
      denials: [],
      gaps: [],
    });
  });

  it('is reported when it is for a bucket of another stack', () => {
    const other = { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'elsewhere', PolicyDocument: {} } };
    expect(load([], { Other: other }).gaps).toEqual(['Sample/Other: it is for a bucket outside of its stack']);
  });
});

describe('a bucket is scanned', () => {
  const enabled = tagging('ENABLED');
  it.each<[string, readonly object[], object, readonly string[]]>([
    ['by no plan: not at all', [], {}, []],
    [
      'by a plan: under its prefixes',
      [],
      { Plan: plan({ ProtectedResource: ofUploads({ ObjectPrefixes: ['a/'] }), ...enabled }) },
      ['a/'],
    ],
    [
      'by a plan without prefixes: as a whole',
      [QUARANTINE],
      { Plan: plan({ ProtectedResource: ofUploads(), ...enabled }) },
      [''],
    ],
    ['by a plan that writes no tags: not at all', [], { Plan: plan({ ProtectedResource: ofUploads() }) }, []],
    ['by a scanner that its policy waits for: as a whole', [QUARANTINE], {}, ['']],
  ])('%s', (_, statements, resources, expected) => {
    expect(load(statements, resources).scannedPrefixes).toEqual(expected);
  });

  it('with a notice of what a plan does not find here, or does not write', () => {
    const gaps = (properties: object) =>
      load([], { Plan: plan({ ProtectedResource: ofUploads(), ...properties }) }).gaps;
    expect(gaps(enabled)).toEqual(['Sample/Plan: scans are emulated: they find only the EICAR test file']);
    expect(gaps(tagging('DISABLED'))).toEqual([expect.stringContaining('it writes no tags')]);
  });
});
