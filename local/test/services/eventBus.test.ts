import {
  Duration,
  aws_events as events,
  aws_lambda as lambda,
  aws_sns as sns,
  aws_events_targets as targets,
} from 'aws-cdk-lib';
import { afterEach, expect, test } from 'vitest';
import type { EventRuleModel } from '../../assembly/eventRuleModel.ts';
import { loadAssembly } from '../../assembly/load.ts';
import { startAwsJson } from '../../services/awsJson.ts';
import { stateChangeEvent } from '../../services/cloudwatch/stateChangeEvent.ts';
import { createEventBus, inspectEventRules } from '../../services/events/eventBus.ts';
import { eventMatcher } from '../../services/events/pattern.ts';
import { handlerOf, specApi, synthesizeStack } from '../support/assembly.ts';
import { aStack } from '../support/gateway.ts';
import { access, signedFetch } from '../support/services.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const FINDING = {
  source: 'aws.guardduty',
  'detail-type': 'GuardDuty Finding',
  detail: { severity: 8, type: 'Recon:IAMUser/MaliciousIPCaller', tags: ['a', 'b'], service: { count: 3 } },
};

test.each([
  [{ source: ['aws.guardduty'] }, true],
  [{ source: ['aws.cognito', 'aws.guardduty'], 'detail-type': ['GuardDuty Finding'] }, true],
  [{ source: ['aws.guardduty'], 'detail-type': ['Other'] }, false],
  [{ detail: { severity: [{ numeric: ['>=', 7] }] } }, true],
  [{ detail: { severity: [{ numeric: ['>', 0, '<', 8] }] } }, false],
  [{ detail: { type: [{ prefix: 'Recon:' }] } }, true],
  [{ detail: { type: [{ suffix: 'Caller' }, { prefix: 'x' }] } }, true],
  [{ detail: { type: [{ prefix: { 'equals-ignore-case': 'recon' } }] } }, true],
  [{ detail: { type: [{ wildcard: 'Recon:*/Malicious*' }] } }, true],
  [{ detail: { type: [{ 'equals-ignore-case': 'recon' }] } }, false],
  [{ detail: { type: [{ 'anything-but': ['x', 'y'] }] } }, true],
  [{ detail: { type: [{ 'anything-but': { prefix: 'Recon' } }] } }, false],
  [{ detail: { tags: ['b'] } }, true],
  [{ detail: { service: { count: [3] }, archived: [{ exists: false }] } }, true],
  [{ detail: { absent: [{ exists: true }] } }, false],
  [{ $or: [{ source: ['x'] }, { detail: { severity: [8] } }] }, true],
])('the pattern %j matches a finding: %s', (pattern, expected) => {
  expect(eventMatcher(pattern)(FINDING)).toBe(expected);
});

test('rules are read as CDK synthesizes them; schedules and other targets are reported', () => {
  const model = loadAssembly(
    synthesizeStack((stack) => {
      specApi(stack);
      const topic = new sns.Topic(stack, 'Topic', { topicName: 'page' });
      const finding = { source: ['aws.guardduty'] };
      const text = events.RuleTargetInput.fromText(`Finding ${events.EventField.fromPath('$.detail.type')}.`);
      const all = [
        new targets.SnsTopic(topic),
        new targets.SnsTopic(topic, { message: text }),
        new targets.LambdaFunction(handlerOf(stack, { runtime: lambda.Runtime.NODEJS_24_X })),
      ];
      new events.Rule(stack, 'Finding', { ruleName: 'finding', eventPattern: finding, targets: all });
      new events.Rule(stack, 'Schedule', { schedule: events.Schedule.rate(Duration.days(1)) });
    }),
    { secretValue: () => 'S'.repeat(48) },
  );
  const topicArn = 'arn:aws:sns:eu-west-1:000000000000:page';
  expect(model.eventRules).toEqual([
    {
      name: 'finding',
      enabled: true,
      pattern: { source: ['aws.guardduty'] },
      targets: [
        { topicArn },
        {
          topicArn,
          input: {
            kind: 'template',
            paths: { 'detail-type': '$.detail.type' },
            template: '"Finding <detail-type>."',
          },
        },
      ],
    },
  ]);
  expect(model.emulationGaps.filter(({ type }) => type === 'AWS::Events::Rule').map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/^its target arn:aws:lambda:.* receives no events$/),
    'schedules do not run',
  ]);
});

const rule = (parts: Partial<EventRuleModel>): EventRuleModel => ({
  name: 'finding',
  enabled: true,
  pattern: { source: ['aws.guardduty'] },
  targets: [{ topicArn: 'page' }],
  ...parts,
});

test('an event that is put reaches the topics of the rules that it matches, as each target wants it', async () => {
  const sent: [string, string][] = [];
  const paths = { type: '$.detail.type', level: '$.detail.severity', first: '$.detail.tags[0]' };
  const template = (text: string) => ({ topicArn: 't', input: { kind: 'template', paths, template: text } as const });
  const model = aStack({
    region: 'eu-central-1',
    account: '111111111111',
    eventRules: [
      rule({}),
      rule({ targets: [{ topicArn: 'part', input: { kind: 'path', path: '$.detail.service' } }] }),
      rule({ targets: [{ topicArn: 'constant', input: { kind: 'constant', text: '{"a":1}' } }] }),
      rule({ targets: [template('"<type>: <level>, <first>"'), template('{"type": <type>, "level": <level>}')] }),
      rule({ enabled: false, targets: [{ topicArn: 'disabled' }] }),
      rule({ pattern: { source: ['other'] }, targets: [{ topicArn: 'other' }] }),
    ],
  });
  const bus = createEventBus(model, { now: () => Date.UTC(2026, 10, 29, 10) }, (arn, message) =>
    sent.push([arn, message]),
  );
  const { url, close } = await startAwsJson(bus.kind, access);
  closing.push(close);
  const put = async (entries: readonly object[]) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' };
    const body = JSON.stringify({ Entries: entries });
    const response = await signedFetch(url, { service: 'events', headers, body });
    return { status: response.status, body: await response.json() };
  };
  const entry = {
    Source: FINDING.source,
    DetailType: FINDING['detail-type'],
    Detail: JSON.stringify(FINDING.detail),
    Resources: ['arn:x'],
  };
  const { status, body } = await put([entry, { ...entry, Detail: 'no JSON' }, { Detail: '{}' }]);
  expect(status).toBe(200);
  expect(body).toEqual({
    FailedEntryCount: 2,
    Entries: [
      { EventId: expect.stringMatching(/^[\da-f-]{36}$/) },
      { ErrorCode: 'MalformedDetail', ErrorMessage: expect.any(String) },
      { ErrorCode: 'InvalidArgument', ErrorMessage: expect.any(String) },
    ],
  });
  expect(sent.map(([arn]) => arn)).toEqual(['page', 'part', 'constant', 't', 't']);
  expect(JSON.parse(sent[0]?.[1] ?? '')).toMatchObject({
    version: '0',
    ...FINDING,
    account: '111111111111',
    region: 'eu-central-1',
    time: '2026-11-29T10:00:00Z',
    resources: ['arn:x'],
  });
  expect(sent.slice(1).map(([, message]) => message)).toEqual([
    '{"count":3}',
    '{"a":1}',
    'Recon:IAMUser/MaliciousIPCaller: 8, a',
    '{"type": "Recon:IAMUser/MaliciousIPCaller", "level": 8}',
  ]);
  bus.update(aStack({}));
  await put([entry]);
  expect(sent).toHaveLength(5);
  expect(await put([])).toMatchObject({ status: 400, body: { __type: 'ValidationException' } });
});

test('a pattern that is not understood is named, and its rule matches nothing', () => {
  const rules = [rule({ pattern: { source: [{ cidr: '192.0.2.0/24' }] } }), rule({ pattern: { source: 'aws' } })];
  expect(inspectEventRules(rules).map(({ detail }) => detail)).toEqual([
    'it matches nothing: cidr is not matched here',
    'it matches nothing: the condition of source is neither a list nor an object',
  ]);
  const sent: string[] = [];
  const bus = createEventBus(aStack({ eventRules: rules }), { now: () => 0 }, (arn) => sent.push(arn));
  bus.put({ source: '192.0.2.1', detailType: 'x', resources: [], detail: {} });
  expect(sent).toEqual([]);
});

test('a change of an alarm is an event, too', () => {
  const sent: string[] = [];
  const pattern = {
    source: ['aws.cloudwatch'],
    detail: { alarmName: [{ prefix: 'documents-' }], state: { value: ['ALARM'] } },
  };
  const model = aStack({ region: 'eu-central-1', account: '111111111111', eventRules: [rule({ pattern })] });
  const bus = createEventBus(model, { now: () => 0 }, (_, message, at) => sent.push(at, message));
  const alarm = {
    name: 'documents-errors',
    description: 'Errors.',
    rule: 'TRUE',
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
  };
  const at = '2026-11-29T10:01:00.000Z';
  const transition = { alarm, from: 'OK', to: 'ALARM', reason: 'r', at, first: false } as const;
  bus.put(stateChangeEvent(model, transition));
  bus.put(stateChangeEvent(model, { ...transition, from: 'ALARM', to: 'OK' }));
  expect(sent).toHaveLength(2);
  expect(sent[0]).toBe('2026-11-29T10:01:00Z');
  expect(JSON.parse(sent[1] ?? '')).toMatchObject({
    'detail-type': 'CloudWatch Alarm State Change',
    resources: ['arn:aws:cloudwatch:eu-central-1:111111111111:alarm:documents-errors'],
    detail: {
      state: { value: 'ALARM', reason: 'r' },
      previousState: { value: 'OK' },
      configuration: { description: 'Errors.' },
    },
  });
});
