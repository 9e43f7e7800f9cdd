import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeAll, describe, expect, it } from 'vitest';
import { Notify } from '../../lib/construct/index.ts';
import { at, listAt, ofType, only, smallTemplate, withSmall } from './support.ts';

let template: Template;
beforeAll(() => {
  template = smallTemplate({
    notify: [
      Notify.email('ops@example.com'),
      Notify.email('dev@example.com'),
      Notify.email('night@example.com', { severities: ['page'] }),
      Notify.slack('chat-url', { severities: ['info', 'ticket'] }),
      Notify.teams('teams-url'),
      Notify.pagerDuty('pager-key', { severities: ['page'], region: 'eu' }),
      Notify.webhook('https://hooks.example.com/alarms', { secret: 'signing' }),
    ],
  });
});

const text = (value: unknown) =>
  listAt(value, 'Fn::Join.1')
    .map((part) => (typeof part === 'string' ? part : `<${String(at(part, 'Ref'))}>`))
    .join('');
const settings = () =>
  JSON.parse(
    text(
      at(only(template, 'AWS::Lambda::Function', 'Notifier'), 'Properties.Environment.Variables.SECURE_API_NOTIFIER'),
    ),
  );
const statements = (from: Template) =>
  listAt(only(from, 'AWS::IAM::Policy', 'NotifierRole'), 'Properties.PolicyDocument.Statement');

describe('the notifier', () => {
  it('knows the severity of each topic, its channels, and no secret but its name', () => {
    const { topics, channels, accessLog } = settings();
    expect(Object.values(topics)).toEqual(['page', 'ticket', 'info']);
    expect(accessLog).toContain('AccessLog');
    const arn = (name: string) => expect.stringMatching(new RegExp(`:secretsmanager:.+:secret:${name}$`));
    const all = ['page', 'ticket', 'info'];
    expect(channels).toEqual([
      { kind: 'email', topic: expect.stringContaining('NotifierMails'), severities: all },
      { kind: 'email', topic: expect.stringContaining('NotifierMailsPage'), severities: ['page'] },
      { kind: 'slack', secret: arn('chat-url'), severities: ['ticket', 'info'] },
      { kind: 'teams', secret: arn('teams-url'), severities: all },
      { kind: 'pagerDuty', secret: arn('pager-key'), region: 'eu', severities: ['page'] },
      { kind: 'webhook', url: 'https://hooks.example.com/alarms', secret: arn('signing'), severities: all },
    ]);
  });

  it('gets the alarms of every severity, and SNS keeps what it does not take', () => {
    const subscriptions = ofType(template, 'AWS::SNS::Subscription').filter(
      ([, { Properties }]) => Properties['Protocol'] === 'lambda',
    );
    expect(subscriptions.map(([, { Properties }]) => at(Properties, 'TopicArn.Ref'))).toEqual([
      expect.stringContaining('AlarmTopic'),
      expect.stringContaining('TicketTopic'),
      expect.stringContaining('InfoTopic'),
    ]);
    for (const [, { Properties }] of subscriptions) {
      expect(JSON.stringify(Properties['RedrivePolicy'])).toContain('NotifierDeadLetters');
    }
  });

  it('is repeated twice, and what failed then is kept for two weeks, encrypted, with an alarm', () => {
    const invocations = ofType(template, 'AWS::Lambda::EventInvokeConfig').filter(([id]) => id.includes('Notifier'));
    expect(invocations.map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({
        MaximumRetryAttempts: 2,
        DestinationConfig: {
          OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringContaining('DeadLetters'), 'Arn'] } },
        },
      }),
    ]);
    expect(only(template, 'AWS::SQS::Queue').Properties).toEqual({
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
    const alarm = only(template, 'AWS::CloudWatch::Alarm', 'NotificationsFailed').Properties;
    expect(alarm).toMatchObject({ Namespace: 'AWS/SQS', Threshold: 1, Statistic: 'Maximum' });
    // Mails do not depend on the notifier.
    expect(listAt(alarm, 'AlarmActions').map((action) => at(action, 'Ref'))).toEqual([
      expect.stringContaining('AlarmTopic'),
      expect.stringContaining('NotifierMails'),
      expect.stringContaining('NotifierMailsPage'),
    ]);
  });

  it('mails each address once, from a topic of the severities that it hears of', () => {
    const mails = ofType(template, 'AWS::SNS::Subscription').filter(
      ([, { Properties }]) => Properties['Protocol'] === 'email',
    );
    expect(
      mails.map(([, { Properties }]) => [
        String(at(Properties, 'TopicArn.Ref')).replace(/\w{8}$/, ''),
        Properties['Endpoint'],
      ]),
    ).toEqual([
      ['ApiMonitoringNotifierMails', 'ops@example.com'],
      ['ApiMonitoringNotifierMails', 'dev@example.com'],
      ['ApiMonitoringNotifierMailsPage', 'night@example.com'],
    ]);
  });

  it('can do nothing but write its log, ask about this API, read its secrets, and send', () => {
    const actions = statements(template).flatMap((statement) => [at(statement, 'Action')].flat());
    expect(actions).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:SendMessage',
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetSecretValue',
      'sns:Publish',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'cloudwatch:GetInsightRuleReport',
      'cloudwatch:DescribeAlarms',
    ]);
    const resources = statements(template).flatMap((statement) => listAt(statement, 'Resource').map(text));
    expect(resources.filter((resource) => resource.includes('secretsmanager'))).toEqual(
      ['chat-url', 'teams-url', 'pager-key', 'signing'].map((name) => expect.stringMatching(`:secret:${name}-\\?{6}$`)),
    );
  });

  it('sends nothing where nobody is notified, and has no right to', () => {
    const actions = statements(smallTemplate({})).flatMap((statement) => [at(statement, 'Action')].flat());
    expect(actions).not.toContain('sns:Publish');
    expect(actions).not.toContain('secretsmanager:GetSecretValue');
  });

  it('reads a secret that another key encrypts', () => {
    const stack = new Stack();
    const encryptionKey = new Key(stack, 'Key');
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:chat-AbCdEf';
    const secret = Secret.fromSecretAttributes(stack, 'Chat', { secretCompleteArn: arn, encryptionKey });
    expect(() => smallTemplate({ notify: [Notify.slack(secret)] })).not.toThrow();
    const plain = Secret.fromSecretCompleteArn(stack, 'Plain', arn);
    const own = statements(smallTemplate({ notify: [Notify.slack(plain), Notify.teams(plain)] }));
    const reads = own.filter((statement) => at(statement, 'Action') === 'secretsmanager:GetSecretValue');
    expect(reads.map((statement) => at(statement, 'Resource'))).toEqual([arn]);
  });
});

describe('a synth', () => {
  const warnings = (notify: readonly Notify[]): readonly string[] =>
    withSmall({ notify }, (api) =>
      Annotations.fromStack(Stack.of(api))
        .findWarning('*', Match.stringLikeRegexp('^notify: '))
        .map(({ entry }) => String(entry.data)),
    );

  it('warns where one function alone notifies people, and where nobody hears of pages', () => {
    expect(warnings([Notify.slack('chat-url')])).toEqual([expect.stringMatching(/only recipients that one function/)]);
    expect(warnings([Notify.slack('chat-url'), Notify.email('ops@example.com')])).toEqual([]);
    expect(warnings([Notify.email('ops@example.com', { severities: ['info'] })])).toEqual([
      expect.stringMatching(/no recipient of alarms with the severity page/),
    ]);
  });
});
