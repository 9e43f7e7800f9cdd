import { Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { Notify } from '../../lib/construct/index.ts';
import { faultsOf } from './support.ts';

const ok = Notify.email('first@example.com');
const of = (one: Notify) => faultsOf({ notify: [ok, one] });

describe('a recipient', () => {
  it.each<readonly [string, Notify, string]>([
    ['an email address', Notify.email('ops'), 'notify.1'],
    ['one address', Notify.email('ops@example.com,dev@example.com'), 'notify.1'],
    ['an email address without a line break', Notify.email('ops@example.com\nbcc@example.com'), 'notify.1'],
    ['an email address without two dots in a row', Notify.email('a..b@example.com'), 'notify.1'],
    ['an email address without a dot at its beginning', Notify.email('.a@example.com'), 'notify.1'],
    ['an email address without a dot before the @', Notify.email('a.@example.com'), 'notify.1'],
    [
      'an email address of at most 64 characters before the @',
      Notify.email(`${'a.'.repeat(32)}a@example.com`),
      'notify.1',
    ],
    ['an address that is there', Notify.email(undefined as never), 'notify.1'],
    ['an https URL', Notify.https('http://hooks.example.com'), 'notify.1'],
    ['a URL that is well formed', Notify.https('https:hooks.example.com'), 'notify.1'],
    ['a secret of a webhook', Notify.webhook('https://hooks.example.com', {} as never), 'notify.1.secret'],
    ['a webhook with options', Notify.webhook('https://hooks.example.com', undefined as never), 'notify.1'],
    [
      'severities that exist',
      Notify.email('o@example.com', { severities: ['urgent'] as never }),
      'notify.1.severities.0',
    ],
    ['at least one severity', Notify.email('ops@example.com', { severities: [] }), 'notify.1.severities'],
    ['no other option', Notify.email('ops@example.com', { severity: 'page' } as never), 'notify.1.severity'],
    ['options that are an object', Notify.slack('chat', 'page' as never), 'notify.1'],
    ['a region of PagerDuty', Notify.pagerDuty('key', { region: 'asia' } as never), 'notify.1.region'],
    ['a topic', Notify.topic(new Stack() as never), 'notify.1'],
  ])('is %s, and the fault names its place', (_, recipient, location) => {
    expect(of(recipient)).toEqual([
      {
        code: 'notify-invalid',
        location,
        found: expect.stringMatching(/./),
        expected: expect.stringMatching(/./),
        fix: expect.stringMatching(/./),
      },
    ]);
  });

  it('is one of a list, all of whose faults are reported at once', () => {
    const notify = [Notify.email('a'), ok, Notify.slack('https://hooks.slack.com/services/T0/B0/hunter22')];
    expect(faultsOf({ notify }).map(({ location }) => location)).toEqual(['notify.0', 'notify.2']);
    expect(JSON.stringify(faultsOf({ notify }))).not.toContain('hunter22');
    expect(faultsOf({ notify: Notify.webhook('https://x.example.com/?hunter22', { secret: 'a' }) })).toMatchObject([
      { location: 'notify', found: 'an object', fix: expect.stringMatching(/^Write a list/) },
    ]);
    expect(faultsOf({ notify: ['ops@example.com'] })).toMatchObject([{ location: 'notify.0', found: 'a string' }]);
    expect(faultsOf({ notify: [{ target: { kind: 'email' } }] })).toMatchObject([{ location: 'notify.0' }]);
  });

  it.each([
    'localhost:8443',
    'localhost.',
    'LOCALHOST',
    'intranet',
    'chat.internal',
    'chat.internal.',
    'chat.local',
    'metadata.google.internal',
    '10.0.0.1',
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '169.254.169.254',
    '169.254.169.254.',
    '0xa9fea9fe',
    '2852039166',
    '[::1]',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:7f00:1::]',
    '0.0.0.0',
    '192.168.1.1',
    '１２７.0.0.1',
  ])('is no host of this machine or a private network: %s', (host) => {
    for (const one of [Notify.https(`https://${host}/a`), Notify.webhook(`https://${host}/a`, { secret: 'signing' })]) {
      expect(of(one)).toMatchObject([
        { location: 'notify.1', found: expect.stringMatching(/no host of the Internet$/), fix: expect.any(String) },
      ]);
    }
  });

  it.each([
    'https://user:hunter22@hooks.example.com/a',
    'https://hunter22@hooks.example.com/a',
    'https://hooks.example.com/a?token=hunter22',
    'https://hooks.example.com/a?',
    'https://hooks.example.com/a#hunter22',
    `https://hooks.example.com/ghp_${'hunter22'.repeat(5)}`,
    'https://hooks.slack.com/services/T0/B0/hunter22',
    'https://prod-1.westeurope.logic.azure.com/workflows/hunter22',
    'https://chat.googleapis.com/v1/spaces/hunter22/messages',
    'https://outlook.office.com/webhook/hunter22',
    'https://outlook.office365.com/webhook/hunter22',
    'https://events.pagerduty.com/integration/hunter22/enqueue',
  ])('has no secret in its URL, and no message shows it: %s', (url) => {
    for (const one of [Notify.https(url), Notify.webhook(url, { secret: 'signing' })]) {
      const faults = of(one);
      expect(faults).toMatchObject([{ fix: expect.stringMatching(/^The URL is in the template/) }]);
      expect(JSON.stringify(faults)).not.toContain('hunter22');
    }
  });

  it.each([
    'https://hooks.slack.com/services/T0/B0/plainvalue',
    'e93facc04764012d7bfb002500d5d1a6',
    `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:chat-AbCdEf',
    '',
  ])('is not named by the value of its secret, which no message shows: %s', (value) => {
    for (const make of [Notify.slack, Notify.teams, Notify.pagerDuty]) {
      expect(of(make(value))).toMatchObject([{ fix: expect.stringMatching(/^Store the URL or key/) }]);
      if (value !== '') expect(JSON.stringify(of(make(value)))).not.toContain(value);
    }
  });

  it.each([
    Notify.https('https://hooks.example.com'),
    Notify.https('https://hooks.example.com:8443/alarms/of-the-api'),
    Notify.https('https://8.8.8.8/alarms'),
    Notify.https('https://[2600:1f18::1]/alarms'),
    Notify.email('o.p-s+night@sub.example.co.uk'),
  ])('can be %j', (recipient) => {
    expect(of(recipient)).toEqual([]);
  });
});

describe('a recipient that is there twice', () => {
  const stack = new Stack();
  const topic = new Topic(stack, 'Topic');
  const topicArn = 'arn:aws:sns:eu-west-1:123456789012:shared';
  const secret = Secret.fromSecretNameV2(stack, 'Secret', 'chat');
  const page = { severities: ['page'] } as const;
  const ticket = { severities: ['ticket'] } as const;

  it.each<readonly [string, Notify, Notify]>([
    ['an email address', Notify.email('ops@example.com'), Notify.email('ops@example.com')],
    ['an email address in another case', Notify.email('ops@example.com'), Notify.email('OPS@Example.com')],
    ['a topic', Notify.topic(topic), Notify.topic(topic)],
    [
      'an imported topic',
      Notify.topic(Topic.fromTopicArn(stack, 'One', topicArn)),
      Notify.topic(Topic.fromTopicArn(stack, 'Other', topicArn)),
    ],
    ['an endpoint', Notify.https('https://hooks.example.com/a'), Notify.https('https://HOOKS.example.com:443/a')],
    [
      'a webhook',
      Notify.webhook('https://hooks.example.com', { secret: 'a' }),
      Notify.webhook('https://hooks.example.com./', { secret: 'b' }),
    ],
    ['a channel of Slack', Notify.slack('chat'), Notify.slack(secret)],
    ['a channel of Teams', Notify.teams('chat'), Notify.teams('chat')],
    ['a service of PagerDuty', Notify.pagerDuty('key'), Notify.pagerDuty('key', { region: 'eu' })],
  ])('is rejected: %s', (_, one, other) => {
    expect(faultsOf({ notify: [one, ok, other] })).toEqual([
      {
        code: 'notify-invalid',
        location: 'notify.2',
        found: 'the recipient of notify.0 again',
        expected: 'each recipient once',
        fix: 'Leave it out.',
      },
    ]);
  });

  it('with other severities has the severities of both', () => {
    const notify = [Notify.email('ops@example.com', ticket), Notify.email('ops@example.com', page)];
    expect(faultsOf({ notify })[0]?.fix).toBe("Leave it out, and write severities: ['page', 'ticket'] at notify.0.");
  });
});
