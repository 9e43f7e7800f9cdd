import { describe, expect, it } from 'vitest';
import { checkName, checkSignInDomain, newNames, signInDomains } from '../../../../lib/preflight/checks/names.ts';
import { checkCapacity, rulesToWeigh } from '../../../../lib/preflight/checks/webAcl.ts';
import { NAMED, type NamedType } from '../../../../lib/preflight/facts/names.ts';
import { ACCOUNT } from '../../../support/awsAccount.ts';
import { contextOf } from '../../../support/preflightFacts.ts';

const PHYSICAL: Readonly<Record<NamedType, (name: string) => string>> = {
  'AWS::DynamoDB::GlobalTable': (name) => name,
  'AWS::DynamoDB::Table': (name) => name,
  'AWS::Lambda::Function': (name) => name,
  'AWS::Logs::LogGroup': (name) => name,
  'AWS::SecretsManager::Secret': (name) => `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}-AbCdEf`,
  'AWS::SNS::Topic': (name) => `arn:aws:sns:eu-west-1:${ACCOUNT}:${name}`,
};

describe('a fixed name', () => {
  it.each(Object.keys(NAMED) as NamedType[])('of %s is new unless the stack has it', (type) => {
    const context = contextOf([[type, { [NAMED[type]]: 'mine' }]]);
    expect(newNames(context)).toEqual([{ type, name: 'mine', retained: false }]);
    const deployed = (physicalId: string) => ({
      ...context,
      deployed: { status: 'X', resources: [{ id: 'R0', type, physicalId }] },
    });
    expect(newNames(deployed(PHYSICAL[type]('mine')))).toEqual([]);
    // A change of the name is a new resource.
    expect(newNames(deployed(PHYSICAL[type]('mine-too')))).toHaveLength(1);
    expect(newNames(contextOf([[type, {}]]))).toEqual([]);
  });

  it('that exists is adopted where the template keeps the resource, and deleted otherwise', () => {
    const fixOf = (retained: boolean) =>
      checkName(contextOf(), { type: 'AWS::Logs::LogGroup', name: 'aws-waf-logs-x', retained }, true)[0]?.fix;
    expect(fixOf(true)).toBe('npx cdk deploy Notes --import-existing-resources');
    expect(fixOf(false)).toBe('aws logs delete-log-group --log-group-name aws-waf-logs-x --region eu-west-1');
  });
});

describe('a domain of Cognito', () => {
  const context = contextOf([
    ['AWS::Cognito::UserPoolDomain', { Domain: { 'Fn::Join': ['-', ['notes', { Ref: 'AWS::AccountId' }]] } }],
  ]);

  it('is known when it depends on account and region alone', () => {
    expect(signInDomains(context)).toEqual([`notes-${ACCOUNT}`]);
    expect(signInDomains(contextOf([['AWS::Cognito::UserPoolDomain', { Domain: { Ref: 'R9' } }]]))).toEqual([]);
  });

  it.each([
    ['nobody', undefined, 'ok'],
    ['this stack', { userPool: 'eu-west-1_mine', account: ACCOUNT }, 'ok'],
    ['another pool', { userPool: 'eu-west-1_other', account: ACCOUNT }, 'sign-in-domain-taken'],
    ['another account', { userPool: undefined, account: '210987654321' }, 'sign-in-domain-taken'],
  ])('of %s', (_, owner, code) => {
    const resources = [{ id: 'Pool', type: 'AWS::Cognito::UserPool', physicalId: 'eu-west-1_mine' }];
    const [finding] = checkSignInDomain(
      { ...context, deployed: { status: 'UPDATE_COMPLETE', resources } },
      'notes',
      owner,
    );
    expect(finding?.code).toBe(code);
  });
});

describe('the capacity of a web ACL', () => {
  it.each([
    [1_500, 'ok', 'ok'],
    [1_501, 'warning', 'web-acl-capacity'],
    [5_000, 'warning', 'web-acl-capacity'],
    [5_001, 'error', 'web-acl-capacity'],
  ])('of %i units', (units, severity, code) => {
    expect(checkCapacity(units)).toMatchObject([{ severity, code }]);
  });

  it('is computed by WAF, but for rules about what does not exist yet', () => {
    const rule = (Name: string, Statement: object) => ({
      Name,
      Statement,
      Action: { Block: { CustomResponse: { CustomResponseBodyKey: 'k' } } },
    });
    const Rules = [
      rule('list', { IPSetReferenceStatement: { Arn: { 'Fn::GetAtt': ['Set', 'Arn'] } } }),
      rule('text', { ByteMatchStatement: { SearchString: 'é' } }),
    ];
    const [found] = rulesToWeigh(contextOf([['AWS::WAFv2::WebACL', { Scope: 'REGIONAL', Rules }]]));
    expect(found).toMatchObject({ known: 1, rules: [{ Name: 'text', Action: { Block: {} } }] });
    expect(found?.rules).toHaveLength(1);
    expect(JSON.stringify(found?.rules)).not.toContain('CustomResponse');
    const [first] = (found?.rules ?? []) as readonly { readonly Statement: object }[];
    expect(first?.Statement).toEqual({ ByteMatchStatement: { SearchString: new Uint8Array([0xc3, 0xa9]) } });
  });
});
