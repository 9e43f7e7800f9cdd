import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/folders.ts';
import { at, listAt, ofType, only, synthesizeUnderRules, withFolder, withSmall } from './support.ts';

/** The template of `bin/app.ts`, run as the CDK CLI runs it. */
function appTemplate(
  context: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Template {
  return withFolder((folder) => {
    const env = { ...process.env, ...environment, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) };
    execFileSync(process.execPath, ['bin/app.ts'], { cwd: root, env, stdio: 'pipe' });
    return Template.fromJSON(JSON.parse(readFileSync(join(folder, 'Documents.template.json'), 'utf8')));
  });
}

describe('the sample app', () => {
  let template: Template;
  beforeAll(() => {
    template = appTemplate();
  });

  it('is what cdk.json starts', () => {
    expect(JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))).toMatchObject({ app: 'node bin/app.ts' });
  });

  it('has a table on demand, encrypted, with point-in-time recovery, that is not deleted with the stack', () => {
    const table = only(template, 'AWS::DynamoDB::GlobalTable', 'Table');
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [
        { DeletionProtectionEnabled: false, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
      ],
    });
    expect(table.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  /** Actions of a service by the function that may do them, in the order of its policy. */
  const granted = (service: string) => {
    const byFunction: Record<string, string[]> = {};
    for (const [id, policy] of ofType(template, 'AWS::IAM::Policy')) {
      const name = /^(?:ApiHandlers)?(\w+?)Role/.exec(id)?.[1];
      const actions = listAt(policy, 'Properties.PolicyDocument.Statement')
        .flatMap((statement) => listAt(statement, 'Action').map(String))
        .filter((action) => action.startsWith(`${service}:`));
      if (name !== undefined && actions.length > 0)
        byFunction[name] = actions.map((one) => one.slice(service.length + 1));
    }
    return byFunction;
  };

  it('lets only the functions of the documents see the table, each for what it does with it', () => {
    const withTable = ofType(template, 'AWS::Lambda::Function').filter(([, fn]) =>
      at(fn, 'Properties.Environment.Variables.TABLE_NAME'),
    );
    expect(withTable.map(([id]) => /^(?:ApiHandlers)?(\w+?)Function/.exec(id)?.[1]).sort()).toEqual([
      'AttachmentSweep',
      'addAttachment',
      'documents',
      'downloadAttachment',
      'presignAttachment',
    ]);
    expect(granted('dynamodb')).toMatchObject({
      // The first three are for the records of idempotency keys.
      documents: ['GetItem', 'PutItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'],
      addAttachment: ['GetItem', 'PutItem', 'DeleteItem', 'Query', 'UpdateItem'],
      presignAttachment: ['GetItem', 'PutItem', 'DeleteItem', 'Query'],
      downloadAttachment: ['GetItem', 'Query'],
      AttachmentSweep: ['GetItem', 'DeleteItem', 'Query', 'Scan'],
    });
  });

  it('lets two functions put files, one read them once they are released, and none tag them', () => {
    expect(granted('s3')).toMatchObject({
      documents: ['ListBucket', 'GetObjectTagging', 'DeleteObject'],
      addAttachment: ['PutObject', 'DeleteObject'],
      presignAttachment: ['PutObject'],
      downloadAttachment: ['GetObject', 'ListBucket', 'GetObjectTagging'],
      AttachmentSweep: ['ListBucket', 'DeleteObject'],
    });
  });

  it('sweeps attachments every hour, in one function that is watched', () => {
    const rules = ofType(template, 'AWS::Events::Rule').filter(([id]) => id.startsWith('AttachmentSweep'));
    expect(rules.map(([, rule]) => at(rule, 'Properties.ScheduleExpression'))).toEqual(['rate(1 hour)']);
    const alarm = only(template, 'AWS::CloudWatch::Alarm', 'AttachmentSweepFailed');
    expect(alarm.Properties).toMatchObject({
      MetricName: 'Errors',
      Threshold: 1,
      AlarmActions: [{ Ref: expect.stringContaining('AlarmTopic') }],
    });
  });

  it('outputs how to sign in and to call it, and its deny list, each once', () => {
    const names = Object.keys(template.findOutputs('*')).map((name) => name.replace(/[0-9A-F]{8}$/, ''));
    expect(names.sort()).toEqual([
      'ApiOutputsCallbackUrls',
      'ApiOutputsClientId',
      'ApiOutputsIssuer',
      'ApiOutputsSignInUrl',
      'ApiOutputsUrl',
      'ApiOutputsUserPoolId',
      'RevocationsTable',
    ]);
  });

  it('holds no secret and no path of this machine', () => {
    const text = JSON.stringify(template.toJSON());
    expect(text).not.toContain(root);
    expect(text).not.toMatch(/-----BEGIN|AKIA[0-9A-Z]{16}|eyJ[A-Za-z0-9_-]{20}|"SecretString":/);
    expect(text).not.toMatch(/"Action":\s*(\[)?"\*"/);
  });

  it('takes domain, provider and addresses from the context', () => {
    const made = appTemplate(
      {
        domain: 'api.example.com',
        zone: 'example.com',
        issuer: 'https://login.example.com',
        keys: 'https://login.example.com/keys',
        audience: 'a,b',
        dpop: 'optional',
        notify: 'x@example.com, y@example.com',
      },
      { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-central-1' },
    );
    made.resourceCountIs('AWS::Cognito::UserPool', 0);
    made.resourcePropertiesCountIs('AWS::SNS::Subscription', { Protocol: 'email' }, 2);
    made.resourceCountIs('AWS::ApiGateway::DomainName', 1);
    const variable = at(
      only(made, 'AWS::Lambda::Function', 'Authorizer'),
      'Properties.Environment.Variables.SECURE_API_TOKEN_ISSUERS',
    );
    expect(JSON.parse(String(variable))).toMatchObject([
      { issuer: 'https://login.example.com', audience: ['a', 'b'], dpop: 'optional' },
    ]);
  });

  it.each([
    ['a domain without its zone', { domain: 'api.example.com' }, /option-missing at context zone/],
    [
      'a provider without the address of its keys',
      { issuer: 'https://login.example.com', audience: 'a' },
      /option-missing at context keys/,
    ],
    ['an audience without its issuer', { audience: 'a' }, /option-missing at context issuer/],
    ['bound tokens without a provider that makes them', { dpop: 'optional' }, /option-invalid at context dpop/],
    [
      'bound tokens neither optional nor required',
      { issuer: 'https://login.example.com', keys: 'https://login.example.com/keys', audience: 'a', dpop: 'maybe' },
      /option-invalid at context dpop/,
    ],
    ['another removal', { removal: 'keep' }, /option-invalid at context removal/],
    ['an address that is none', { notify: 'ops' }, /notify-invalid/],
  ])('rejects %s', (_, context, message) => {
    expect(() => appTemplate(context)).toThrow(message);
  });
});

describe('the rules of AwsSolutions and Serverless', () => {
  it('are really looked at: a bucket open to plain HTTP breaks them', () => {
    withSmall({}, (_api, stack) => {
      new CfnBucket(stack, 'Open');
      expect(() => synthesizeUnderRules(stack)).toThrow(/AwsSolutions-S10/);
    });
  });
});
