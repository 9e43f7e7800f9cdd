import { describe, expect, it } from 'vitest';
import {
  checkAccount,
  checkBootstrap,
  checkLookups,
  checkStackState,
  typesToKnow,
} from '../../../../lib/preflight/checks/environment.ts';
import { ACCOUNT } from '../../../support/awsAccount.ts';
import { contextOf } from '../../../support/preflightFacts.ts';

describe('the bootstrap', () => {
  it.each([
    [undefined, 'bootstrap-missing'],
    [5, 'bootstrap-outdated'],
    [6, 'ok'],
    [30, 'ok'],
    [Number.NaN, 'bootstrap-outdated'],
  ])('of version %j where 6 is needed', (version, code) => {
    expect(checkBootstrap(contextOf(), version)[0]?.code).toBe(code);
  });

  it('is made with the qualifier of the app', () => {
    const bootstrap = { parameter: '/cdk-bootstrap/my$(x)/version', version: 6 };
    const [finding] = checkBootstrap(contextOf([], { stackChanges: { bootstrap } }), undefined);
    expect(finding?.fix).toBe(`npx cdk bootstrap aws://${ACCOUNT}/eu-west-1 --qualifier 'my$(x)'`);
  });

  it('is not needed by an app that uses none', () => {
    expect(checkBootstrap(contextOf([], { stackChanges: { bootstrap: undefined } }), undefined)).toEqual([]);
  });
});

describe('the state of the stack', () => {
  const of = (status: string | undefined) => checkStackState(contextOf([], { deployed: { status, resources: [] } }))[0];

  it.each([
    [undefined, 'ok'],
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_COMPLETE', 'ok'],
    ['UPDATE_ROLLBACK_COMPLETE', 'ok'],
    ['IMPORT_COMPLETE', 'ok'],
    ['IMPORT_ROLLBACK_COMPLETE', 'ok'],
    ['REVIEW_IN_PROGRESS', 'ok'],
    ['ROLLBACK_COMPLETE', 'stack-blocked'],
    ['ROLLBACK_FAILED', 'stack-blocked'],
    ['DELETE_FAILED', 'stack-blocked'],
    ['CREATE_FAILED', 'stack-blocked'],
    ['UPDATE_FAILED', 'stack-blocked'],
    ['UPDATE_ROLLBACK_FAILED', 'stack-blocked'],
    ['IMPORT_ROLLBACK_FAILED', 'stack-blocked'],
    ['CREATE_IN_PROGRESS', 'stack-busy'],
    ['UPDATE_IN_PROGRESS', 'stack-busy'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'stack-busy'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'stack-busy'],
    ['ROLLBACK_IN_PROGRESS', 'stack-busy'],
    ['DELETE_IN_PROGRESS', 'stack-busy'],
    ['IMPORT_IN_PROGRESS', 'stack-busy'],
  ])('%s', (status, code) => {
    expect(of(status)?.code).toBe(code);
  });

  it('is fixed by commands for the region of the stack', () => {
    expect(of('ROLLBACK_COMPLETE')?.fix?.split('\n')).toEqual([
      'aws cloudformation delete-stack --stack-name Notes --region eu-west-1',
      'aws cloudformation wait stack-delete-complete --stack-name Notes --region eu-west-1',
    ]);
  });
});

describe('the environment', () => {
  it('is another account when the app fixes one', () => {
    const of = (account: string | undefined) => checkAccount(contextOf([], { stackChanges: { account } }))[0]?.code;
    expect([of(undefined), of(ACCOUNT), of('210987654321')]).toEqual(['ok', 'ok', 'account-other']);
  });

  it('has lookups whose result nobody has kept', () => {
    const missing = [{ provider: 'hosted-zone', domainName: 'example.com' }];
    expect(checkLookups(contextOf([], { stackChanges: { missing } }))[0]?.code).toBe('context-missing');
  });

  it('has to know the types of AWS alone, each once', () => {
    const types = [
      'AWS::SNS::Topic',
      'AWS::CDK::Metadata',
      'Custom::Thing',
      'AWS::CloudFormation::Stack',
      'AWS::SNS::Topic',
      'Third::Party::Type',
    ];
    expect(typesToKnow(contextOf(types.map((type) => [type])))).toEqual(['AWS::SNS::Topic']);
  });
});
