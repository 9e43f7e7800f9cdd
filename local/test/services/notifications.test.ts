import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { AlarmModel, FunctionModel } from '../../assembly/model.ts';
import type { TopicModel } from '../../assembly/topicModel.ts';
import type { InvokeResult } from '../../contracts.ts';
import { localWebhook, withLocalNotifier } from '../../serve/localNotifier.ts';
import type { Transition } from '../../services/cloudwatch/transition.ts';
import { createNotifications } from '../../services/sns/notifications.ts';
import { aStack } from '../support/gateway.ts';

const NOTIFIER: FunctionModel = {
  logicalId: 'Notifier',
  name: 'Notifier',
  arn: 'arn:aws:lambda:eu-central-1:111111111111:function:Notifier',
  assetPath: '/nowhere',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  timeoutSeconds: 30,
  memoryMb: 256,
  environment: { SECURE_API_NOTIFIER: '{}' },
};
const MAILS: TopicModel = {
  arn: 'arn:aws:sns:eu-central-1:111111111111:mails',
  name: 'mails',
  subscriptions: [{ protocol: 'email', endpoint: 'ops@example.com' }],
};
const TOPIC: TopicModel = {
  arn: 'arn:aws:sns:eu-central-1:111111111111:alarms',
  name: 'alarms',
  subscriptions: [
    { protocol: 'https', endpoint: 'https://hooks.example.com' },
    { protocol: 'lambda', endpoint: NOTIFIER.arn, deadLetters: 'arn:aws:sqs:eu-central-1:111111111111:dead' },
  ],
};
const ALARM: AlarmModel = {
  name: 'documents-failed-logins',
  queries: [],
  periodSeconds: 300,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 20,
  comparison: 'GreaterThanThreshold',
  treatMissingData: 'notBreaching',
  alarmActions: [TOPIC.arn],
  okActions: [],
  insufficientDataActions: [],
} as AlarmModel;
const TRANSITION: Transition = {
  alarm: ALARM,
  from: 'OK',
  to: 'ALARM',
  reason: 'r',
  at: '2026-01-01T00:00:00.000Z',
  first: false,
};
const CHANNELS = [
  { kind: 'email', result: 'kept', to: MAILS.arn },
  { kind: 'slack', result: 'kept', payload: { text: 'x' } },
  { kind: 'webhook', result: 'sent' },
];

function started(result: InvokeResult, functions: readonly FunctionModel[] = [NOTIFIER]) {
  const data = temporaryFolder();
  const printed: string[] = [];
  const metrics: string[] = [];
  const events: unknown[] = [];
  const notifications = createNotifications(
    aStack({ topics: [TOPIC, MAILS], functions }),
    data,
    (lines) => void printed.push(lines),
    {
      invoke: async (_, event) => {
        events.push(event);
        return result;
      },
      metric: (namespace, name, dimensions, value) =>
        void metrics.push(`${namespace} ${name} ${JSON.stringify(dimensions)} ${value}`),
    },
  );
  const lines = () =>
    readFileSync(join(data, 'notifications.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { notifications, printed, metrics, events, lines };
}

const rendered = (text: string): InvokeResult => ({
  kind: 'ok',
  payload: [{ severity: 'page', status: 'firing', text, channels: CHANNELS }],
});

describe('a notification', () => {
  it('is made readable by the notifier of the stack, stored with what each channel would get, and printed', async () => {
    const { notifications, printed, metrics, events, lines } = started(rendered('ALARM (page) x'));
    notifications.notify(TRANSITION);
    await notifications.settled();
    expect(events).toEqual([
      {
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            Sns: expect.objectContaining({
              TopicArn: TOPIC.arn,
              Timestamp: TRANSITION.at,
              SignatureVersion: '2',
              Message: expect.stringContaining('"AlarmName":"documents-failed-logins"'),
            }),
          },
        ],
      },
    ]);
    expect(lines()).toEqual([
      expect.objectContaining({
        alarm: 'documents-failed-logins',
        newState: 'ALARM',
        severity: 'page',
        text: 'ALARM (page) x',
        channels: CHANNELS,
        subscriptions: [
          { protocol: 'https', endpoint: 'https://hooks.example.com', delivery: 'kept' },
          { protocol: 'email', endpoint: 'ops@example.com', delivery: 'kept' },
        ],
      }),
    ]);
    expect(printed).toEqual([
      'ALARM (page) x',
      '  For https://hooks.example.com (https), ops@example.com (email), slack; kept, not sent. Sent to the webhook of --notify-url.',
    ]);
    expect(metrics.map((line) => line.split(' ')[1])).toEqual([
      'NumberOfMessagesPublished',
      'NumberOfNotificationsDelivered',
    ]);
  });

  it('of a notifier that fails is stored and printed all the same, and counts as a dead letter', async () => {
    const { notifications, printed, metrics, lines } = started({
      kind: 'error',
      errorType: 'Error',
      message: 'broken',
    });
    notifications.notify(TRANSITION);
    await notifications.settled();
    expect(lines()).toEqual([expect.objectContaining({ newState: 'ALARM', failure: 'broken' })]);
    expect(printed).toEqual(['ALARM documents-failed-logins (was OK): r', '  The notifier failed: broken']);
    expect(metrics.slice(1)).toEqual([
      'AWS/SNS NumberOfNotificationsFailed {"TopicName":"alarms"} 1',
      'AWS/SQS ApproximateNumberOfMessagesVisible {"QueueName":"dead"} 1',
    ]);
  });

  it('invokes no other function that subscribes: its calls could leave the machine', async () => {
    const { notifications, events, lines } = started(rendered(''), [{ ...NOTIFIER, environment: {} }]);
    notifications.notify(TRANSITION);
    await notifications.settled();
    expect(events).toEqual([]);
    expect(lines()).toHaveLength(1);
  });

  it('that is no news is neither stored nor printed', async () => {
    const payload = [{ severity: 'page', status: 'resolved', text: 'x', isQuiet: true, channels: [] }];
    const { notifications, printed } = started({ kind: 'ok', payload });
    notifications.notify(TRANSITION);
    await notifications.settled();
    expect([notifications.all(), printed]).toEqual([[], []]);
  });

  it('can be the text of a rule on events', async () => {
    const { notifications, lines } = started(rendered('NOTICE (page) x'));
    notifications.publish(TOPIC.arn, { message: 'documents: the certificate has expired.', at: TRANSITION.at });
    notifications.publish('arn:aws:sns:eu-central-1:111111111111:unknown', { message: 'x', at: TRANSITION.at });
    await notifications.settled();
    expect(lines()).toEqual([
      expect.objectContaining({ message: 'documents: the certificate has expired.', text: 'NOTICE (page) x' }),
    ]);
  });
});

describe('the webhook on this machine', () => {
  it('has a key that stays the same, for the user alone, and that the notifier gets', () => {
    const data = temporaryFolder();
    const webhook = localWebhook('http://127.0.0.1:9/x', data);
    expect(webhook?.key).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(localWebhook('http://127.0.0.1:9/x', data)).toEqual(webhook);
    expect(localWebhook(undefined, data)).toBeUndefined();
    const other = { ...NOTIFIER, environment: {} };
    const [notifier, same] = withLocalNotifier([NOTIFIER, other], { webhook, data: '.secure-api' });
    expect(JSON.parse(notifier?.environment['SECURE_API_LOCAL_NOTIFICATIONS'] ?? '')).toEqual({ webhook, options: '' });
    expect(same).toEqual(other);
  });
});
