import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { createClock } from '../../services/clock.ts';
import { type Monitoring, startMonitoring } from '../../services/monitoring.ts';
import { aStack } from '../support/gateway.ts';
import { access, signedFetch } from '../support/services.ts';

const TOPIC = { arn: 'arn:aws:sns:eu-central-1:111111111111:page', name: 'page', subscriptions: [] };
const MODEL = aStack({
  topics: [TOPIC],
  eventRules: [
    {
      name: 'finding',
      enabled: true,
      pattern: { source: ['aws.guardduty'] },
      targets: [{ topicArn: TOPIC.arn, input: { kind: 'path', path: '$.detail' } }],
    },
    {
      name: 'changes',
      enabled: true,
      pattern: { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } },
      targets: [{ topicArn: TOPIC.arn, input: { kind: 'path', path: '$.detail.alarmName' } }],
    },
  ],
  compositeAlarms: [{ name: 'always', rule: 'TRUE', alarmActions: [], okActions: [], insufficientDataActions: [] }],
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const messages = (monitoring: Monitoring) => monitoring.notifications().map(({ message }) => message);

test('an injected event and a change of an alarm reach the topic of the rule that they match', async () => {
  const data = temporaryFolder();
  const options = { data, clock: createClock(600), access, print: () => undefined };
  const monitoring = await startMonitoring(MODEL, options, closing);
  const Entries = [{ Source: 'aws.guardduty', DetailType: 'GuardDuty Finding', Detail: '{"severity":8}' }];
  const response = await signedFetch(monitoring.environment['AWS_ENDPOINT_URL_EVENTBRIDGE'] ?? '', {
    service: 'events',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
    body: JSON.stringify({ Entries }),
  });
  expect(response.status).toBe(200);
  expect(messages(monitoring)).toContain('{"severity":8}');
  const deadline = Date.now() + 10_000;
  while (messages(monitoring).length < 2 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
  expect(messages(monitoring)).toContain('"always"');
});
