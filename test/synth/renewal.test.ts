import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { beforeAll, describe, expect, it } from 'vitest';
import { lowestVersion, tlsBehindCloudFront, tlsSettings } from '../../lib/construct/edge/tls.ts';
import { SecureApi, SharedDomain } from '../../lib/construct/index.ts';
import { makeCa } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import {
  at,
  listAt,
  ofType,
  oidc,
  only,
  smallApi,
  smallTemplate,
  synthesizeUnderRules,
  withFolder,
  withSmall,
} from './support.ts';

const ARN = 'arn:aws:acm:eu-west-1:123456789012:certificate/a';
const zone = HostedZone.fromHostedZoneAttributes(new Stack(), 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const imported = Certificate.fromCertificateArn(new Stack(), 'Certificate', ARN);
const own = { name: 'api.example.com', alternativeNames: ['api2.example.com'], zone };

let template: Template;
beforeAll(() => {
  template = smallTemplate({ domain: own });
});

const rules = (from: Template) =>
  ofType(from, 'AWS::Events::Rule').filter(([id]) => id.includes('Renewal')) as readonly (readonly [
    string,
    { readonly Properties: Readonly<Record<string, unknown>> },
  ])[];
const ruleOf = (from: Template, id: string) =>
  rules(from).find(([logicalId]) => logicalId.includes(id))?.[1].Properties ?? expect.fail(`no rule ${id}`);

describe('the alarm on the days to expiry', () => {
  const alarm = (from: Template) => only(from, 'AWS::CloudWatch::Alarm', 'CertificateExpiry').Properties;

  it('reads the days of the one certificate of all names', () => {
    expect(alarm(template)).toMatchObject({
      Namespace: 'AWS/CertificateManager',
      MetricName: 'DaysToExpiry',
      Dimensions: [{ Name: 'CertificateArn', Value: { Ref: expect.stringContaining('Certificate') } }],
      Statistic: 'Minimum',
      Period: 86_400,
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  it('is quiet on the first day, when there is no data, and notifies when data ends', () => {
    const topic = [{ Ref: expect.stringContaining('TicketTopic') }];
    expect(alarm(template)).toMatchObject({
      TreatMissingData: 'missing',
      AlarmActions: topic,
      OKActions: topic,
      InsufficientDataActions: topic,
    });
    const others = ofType(template, 'AWS::CloudWatch::Alarm').filter(([id]) => !id.includes('CertificateExpiry'));
    for (const [, { Properties }] of others) expect(Properties).not.toHaveProperty('InsufficientDataActions');
  });

  it('watches an imported certificate by its ARN, with the days of the props', () => {
    const given = smallTemplate({
      domain: { name: 'api.example.com', certificate: imported },
      alarms: { certificateDays: 40 },
    });
    expect(alarm(given)).toMatchObject({ Dimensions: [{ Name: 'CertificateArn', Value: ARN }], Threshold: 40 });
    expect(ruleOf(given, 'Approaching')['EventPattern']).toMatchObject({
      resources: [ARN],
      detail: { DaysToExpiry: [{ numeric: ['<', 40] }] },
    });
  });
});

describe('rules on events', () => {
  it.each([
    ['Approaching', 'aws.acm', 'ACM Certificate Approaching Expiration', 'TicketTopic'],
    ['ActionRequired', 'aws.acm', 'ACM Certificate Renewal Action Required', 'TicketTopic'],
    ['Expired', 'aws.acm', 'ACM Certificate Expired', 'AlarmTopic'],
    ['Revoked', 'aws.acm', 'ACM Certificate Revoked', 'AlarmTopic'],
    ['Health', 'aws.health', 'AWS Health Event', 'TicketTopic'],
  ])('%s passes on events of this certificate alone, to those who have to act', (id, source, detailType, topic) => {
    expect(ruleOf(template, id)).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: [source],
        'detail-type': [detailType],
        resources: [{ Ref: expect.stringContaining('Certificate') }],
      },
      Targets: [{ Arn: { Ref: expect.stringContaining(topic) } }],
    });
  });

  it('leave out what AWS Health reports of a renewal that worked', () => {
    expect(at(ruleOf(template, 'Health'), 'EventPattern.detail')).toEqual({
      service: ['ACM'],
      eventTypeCode: ['AWS_ACM_RENEWAL_STATE_CHANGE', 'AWS_ACM_RENEWAL_FAILURE', 'CAA_CHECK_FAILURE'],
      statusCode: ['open', 'upcoming'],
    });
  });

  it('send a sentence with the API, the name, the days and the fix', () => {
    const { InputPathsMap, InputTemplate } = at(ruleOf(template, 'ActionRequired'), 'Targets.0.InputTransformer') as {
      readonly InputPathsMap: Readonly<Record<string, string>>;
      readonly InputTemplate: string;
    };
    const event = { CommonName: 'api.example.com', DaysToExpiry: 15, RenewalStatusReason: 'CAA_ERROR' };
    const message = Object.entries(InputPathsMap).reduce(
      (text, [key, path]) => text.replaceAll(`<${key}>`, String(at({ detail: event }, path.slice(2)))),
      InputTemplate,
    );
    expect(JSON.parse(message)).toBe(
      'small: ACM cannot renew the certificate of api.example.com, which expires in 15 days. Reason: CAA_ERROR. Restore its validation record (secure-api domain status shows it), or, if it is imported, import the next one under the same ARN. Runbook: https://github.com/secure-api/secure-api/blob/main/docs/runbooks/certificate-expiry.md',
    );
  });

  // EventBridge names neither rule nor account: under such a condition it would deliver nothing, and report nothing.
  it('reach the encrypted topic: no condition on who publishes, and the key is for topics of this account', () => {
    const byEvents = (list: readonly unknown[]) =>
      list.filter((one) => at(one, 'Principal.Service') === 'events.amazonaws.com');
    const topic = byEvents(
      listAt(only(template, 'AWS::SNS::TopicPolicy', 'AlarmTopic'), 'Properties.PolicyDocument.Statement'),
    );
    expect(topic).toHaveLength(1);
    expect(topic[0]).toMatchObject({ Effect: 'Allow', Action: 'sns:Publish' });
    expect(topic[0]).not.toHaveProperty('Condition');
    const key = byEvents(listAt(only(template, 'AWS::KMS::Key'), 'Properties.KeyPolicy.Statement'));
    expect(key).toHaveLength(1);
    expect(key[0]).toMatchObject({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] });
    expect(Object.keys(at(key[0], 'Condition') as object)).toEqual(['ArnLike']);
    expect(JSON.stringify(key[0])).toContain('kms:EncryptionContext:aws:sns:topicArn');
  });

  it('and what they are allowed to do are not there without a domain', () => {
    const without = smallTemplate();
    expect(rules(without)).toEqual([]);
    expect(JSON.stringify(without.toJSON())).not.toContain('events.amazonaws.com');
  });
});

it('breaks no rule of the packs', () => {
  withSmall({ domain: own }, (_, stack) => synthesizeUnderRules(stack));
});

describe('the canary', () => {
  it('examines each name every hour, with the floor of the policy, and has an alarm that notices its end', () => {
    const domain = { ...own, alternativeNames: ['*.api.example.com', 'api2.example.com'], wildcard: true };
    const made = withSmall({ domain, canary: true }, (_, stack) => {
      synthesizeUnderRules(stack);
      return Template.fromStack(stack);
    });
    const { Variables } = at(only(made, 'AWS::Lambda::Function', 'Canary'), 'Properties.Environment') as {
      readonly Variables: Readonly<Record<string, string>>;
    };
    expect(JSON.parse(Variables['SECURE_API_ENDPOINTS'] ?? '')).toEqual([
      { name: 'api.example.com', path: '/', floor: '1.3' },
      { name: 'api2.example.com', path: '/', floor: '1.3' },
    ]);
    expect(only(made, 'AWS::Events::Rule', 'Canary').Properties).toMatchObject({ ScheduleExpression: 'rate(1 hour)' });
    expect(only(made, 'AWS::CloudWatch::Alarm', 'EndpointFaults').Properties).toMatchObject({
      Namespace: 'SecureApi',
      MetricName: 'EndpointFaults',
      Period: 3_600,
      EvaluationPeriods: 2,
      Threshold: 1,
      TreatMissingData: 'missing',
      InsufficientDataActions: [{ Ref: expect.stringContaining('AlarmTopic') }],
    });
    expect(JSON.stringify(only(made, 'AWS::CloudWatch::Alarm', 'JobErrors').Properties)).toContain('Canary');
  });

  it('needs a domain', () => {
    expect(() => smallTemplate({ canary: true })).toThrow(/^option-invalid at canary: found true without domain/);
  });

  it('does not go with mutual TLS, whose certificate it does not have', async () => {
    const folder = temporaryFolder();
    try {
      const trustStore = join(folder, 'ca.pem');
      writeFileSync(trustStore, (await makeCa()).cert);
      const props = { domain: own, tls: 'legacy-1.2', mtls: { trustStore }, canary: true } as const;
      expect(() => smallTemplate(props)).toThrow(/^option-invalid at canary: found true with mtls/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('does not go with a domain that is shared by a header, which it does not send', () => {
    withFolder((folder) => {
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Shared');
      const shared = new SharedDomain(stack, 'Domain', { name: 'api.example.com', zone });
      const domain = { shared, header: { name: 'x-api-version', value: '2' } };
      writeHandlers(smallApi(), folder);
      const props = { definition: smallApi(), handlers: folder, identity: oidc(), canary: true, domain } as const;
      expect(() => new SecureApi(stack, 'Api', props)).toThrow(/^option-invalid at canary: found true with a domain/);
    });
  });

  it.each([
    ['modern', false, '1.3'],
    ['post-quantum', false, '1.2'],
    ['post-quantum', true, '1.3'],
    ['compatible', true, '1.2'],
    ['modern', true, '1.3'],
  ] as const)('has the floor that clients see with tls %s, behind CloudFront: %s', (policy, isBehind, floor) => {
    expect(lowestVersion(isBehind ? tlsBehindCloudFront(policy, false) : tlsSettings(policy), isBehind)).toBe(floor);
  });

  it('looks for TLS 1.1 where the policy accepts 1.2, and below the base path of a shared domain', () => {
    const made = withFolder((folder) => {
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Shared');
      const shared = new SharedDomain(stack, 'Domain', { name: 'api.example.com', zone, tls: 'compatible' });
      const handlers = join(folder, 'handlers');
      mkdirSync(handlers);
      writeHandlers(smallApi(), handlers);
      const props = { definition: smallApi(), handlers, identity: oidc(), tls: 'compatible', canary: true } as const;
      new SecureApi(stack, 'Api', { ...props, domain: { shared, basePath: 'v1' } });
      return Template.fromStack(stack);
    });
    const variables = at(only(made, 'AWS::Lambda::Function', 'Canary'), 'Properties.Environment.Variables');
    expect(JSON.parse(String(at(variables, 'SECURE_API_ENDPOINTS')))).toEqual([
      { name: 'api.example.com', path: '/v1/', floor: '1.2' },
    ]);
    // The certificate of a shared domain is watched by each API on it.
    only(made, 'AWS::CloudWatch::Alarm', 'CertificateExpiry');
    expect(rules(made)).toHaveLength(5);
  });
});
