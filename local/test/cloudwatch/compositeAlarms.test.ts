import { describe, expect, test } from 'vitest';
import type { CompositeAlarmModel, MuteRuleModel } from '../../assembly/compositeModel.ts';
import type { AlarmModel, StackModel } from '../../assembly/model.ts';
import { parseAlarmRule, ruleHolds, watchedAlarms } from '../../services/cloudwatch/composite/alarmRule.ts';
import { inspectAlarms } from '../../services/cloudwatch/inspect.ts';
import { muteSchedule } from '../../services/cloudwatch/muteSchedule.ts';
import { simulateAlarms } from '../../services/cloudwatch/simulate.ts';
import { alarmMessage } from '../../services/sns/message.ts';
import { aStack } from '../support/gateway.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 29, 10);
const TOPIC = { arn: 'arn:aws:sns:eu-central-1:111111111111:page', name: 'page', subscriptions: [] };
const arnOf = (name: string) => `arn:aws:cloudwatch:eu-central-1:111111111111:alarm:${name}`;

const child = (name: string, parts: Partial<AlarmModel> = {}): AlarmModel => ({
  name,
  queries: [
    {
      id: 'm1',
      returnData: true,
      metric: { namespace: 'N', name, dimensions: {}, statistic: 'Maximum', periodSeconds: 60 },
    },
  ],
  periodSeconds: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 1,
  comparison: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'notBreaching',
  alarmActions: [],
  okActions: [],
  insufficientDataActions: [],
  ...parts,
});

const composite = (name: string, rule: string, parts: Partial<CompositeAlarmModel> = {}): CompositeAlarmModel => ({
  name,
  rule,
  alarmActions: [TOPIC.arn],
  okActions: [TOPIC.arn],
  insufficientDataActions: [],
  ...parts,
});

/** For each alarm, one sign a minute: X breaches. */
type Rows = Readonly<Record<string, string>>;

function run(parts: Partial<StackModel>, rows: Rows) {
  const model = aStack({ account: '111111111111', region: 'eu-central-1', topics: [TOPIC], ...parts });
  const minutes = Math.max(...Object.values(rows).map((row) => row.length));
  const simulation = simulateAlarms(model, {
    from: START,
    to: START + minutes * MINUTE,
    put({ index, metric }) {
      for (const [name, row] of Object.entries(rows)) metric('N', name, {}, row[index] === 'X' ? 1 : 0);
    },
  });
  const shown = (of: typeof simulation.transitions) =>
    of.map(({ alarm, to, at }) => `${(Date.parse(at) - START) / MINUTE} ${alarm.name} ${to}`);
  return { ...simulation, model, changes: shown(simulation.transitions), sent: shown(simulation.notified) };
}

const STATES = { a: 'ALARM', b: 'OK', c: 'INSUFFICIENT_DATA' } as const;

test.each([
  ['ALARM(a)', true],
  ['ALARM("a") AND OK("b")', true],
  ["ALARM('a') and not OK(b)", false],
  ['NOT ALARM(a) OR INSUFFICIENT_DATA(c)', true],
  ['ALARM(b) OR OK(b) AND OK(a)', false],
  ['(ALARM(a) OR ALARM(b)) AND OK(c)', false],
  ['TRUE AND NOT FALSE', true],
  [`ALARM("${arnOf('a')}")`, true],
])('the rule %s is %s', (text, expected) => {
  const rule = parseAlarmRule(text);
  expect(ruleHolds(rule, (name) => STATES[name as keyof typeof STATES])).toBe(expected);
});

test.each(['', 'ALARM(a', 'ALARM()AND', 'RED(a)', 'ALARM(a) OK(b)', 'NOT', 'ALARM("a)'])(
  'the rule "%s" is rejected with a reason',
  (text) => expect(() => parseAlarmRule(text)).toThrow(expect.objectContaining({ code: 'alarm-rule' })),
);

test('a rule names the alarms that it watches, each once', () => {
  expect(watchedAlarms(parseAlarmRule('ALARM(a) AND (NOT OK("b") OR ALARM(a)) OR TRUE'))).toEqual(['a', 'b']);
});

test('one cause is one page: two children change, and their composite notifies once', () => {
  const alarms = [child('fast'), child('slow')];
  const { changes, sent, notified, model } = run(
    { alarms, compositeAlarms: [composite('errors', 'ALARM("fast") OR ALARM("slow")', { description: 'Errors.' })] },
    { fast: '..XX...', slow: '...XX..' },
  );
  expect(changes).toEqual([
    '1 fast OK',
    '1 slow OK',
    '1 errors OK',
    '3 fast ALARM',
    '3 errors ALARM',
    '4 slow ALARM',
    '5 fast OK',
    '6 slow OK',
    '6 errors OK',
  ]);
  expect(sent).toEqual(['3 errors ALARM', '6 errors OK']);
  expect(notified[0] && alarmMessage(model, notified[0])).toEqual({
    AlarmName: 'errors',
    AlarmDescription: 'Errors.',
    AWSAccountId: '111111111111',
    NewStateValue: 'ALARM',
    NewStateReason: `${arnOf('fast')} transitioned to ALARM at Sunday 29 November, 2026 10:03:00 UTC`,
    StateChangeTime: '2026-11-29T10:03:00.000Z',
    Region: 'eu-central-1',
    AlarmArn: arnOf('errors'),
    OldStateValue: 'OK',
    OKActions: [TOPIC.arn],
    AlarmActions: [TOPIC.arn],
    InsufficientDataActions: [],
    AlarmRule: 'ALARM("fast") OR ALARM("slow")',
    TriggeringChildren: [{ Arn: arnOf('fast'), State: { Value: 'ALARM', Timestamp: '2026-11-29T10:03:00.000Z' } }],
  });
});

test('composites of composites change in the same evaluation, in whatever order the template has them', () => {
  const compositeAlarms = [composite('top', 'ALARM(middle)'), composite('middle', 'ALARM(low)')];
  const { changes } = run({ alarms: [child('low')], compositeAlarms }, { low: '.X' });
  expect(changes.slice(3)).toEqual(['2 low ALARM', '2 middle ALARM', '2 top ALARM']);
});

test('composites in a circle, above it, or on an unknown alarm are named and stay INSUFFICIENT_DATA', () => {
  const compositeAlarms = [
    composite('one', 'ALARM(two)'),
    composite('two', 'ALARM(one)'),
    composite('above', 'ALARM(one) OR ALARM(low)'),
    composite('lost', 'ALARM(nowhere)'),
    composite('wrong', 'RED(low)'),
  ];
  const { states, model } = run({ alarms: [child('low')], compositeAlarms }, { low: 'XX' });
  expect(states.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
    'above INSUFFICIENT_DATA',
    'lost INSUFFICIENT_DATA',
    'low ALARM',
    'one INSUFFICIENT_DATA',
    'two INSUFFICIENT_DATA',
    'wrong INSUFFICIENT_DATA',
  ]);
  expect(inspectAlarms(model).map(({ resource, type }) => `${type} ${resource}`)).toEqual(
    ['lost', 'wrong', 'one', 'two', 'above'].map((name) => `AWS::CloudWatch::CompositeAlarm ${name}`),
  );
});

describe('a suppressor', () => {
  const suppressor = { alarm: arnOf('cause'), waitSeconds: 120, extensionSeconds: 180 };
  const parts = {
    alarms: [child('low'), child('cause')],
    compositeAlarms: [composite('top', 'ALARM(low)', { suppressor })],
  };

  test('that does not come delays the actions by the wait', () => {
    const { changes, sent } = run(parts, { low: '.XXXXXX', cause: '.......' });
    expect(changes).toContain('2 top ALARM');
    expect(sent).toEqual(['2 top ALARM']);
  });
  test('that comes within the wait holds the actions; they are taken after the extension if the alarm is still there', () => {
    const { sent } = run(parts, { low: '.XXXXXXXXXX', cause: '..XXX......' });
    expect(sent).toEqual(['2 top ALARM']);
    expect(run(parts, { low: '.XXXXXX', cause: '..XXX..' }).sent).toEqual([]);
  });
  test('drops the actions of an alarm that is gone when it ends', () => {
    const { changes, sent } = run(parts, { low: '.XXXX.......', cause: '.XXXXX......' });
    expect(changes).toContain('6 top OK');
    expect(sent).toEqual([]);
  });
});

describe('a mute rule', () => {
  const mute = (parts: Partial<MuteRuleModel> = {}): MuteRuleModel => ({
    name: 'deployment',
    alarms: ['low'],
    expression: 'at(2026-11-29T10:02)',
    durationSeconds: 300,
    timeZone: 'UTC',
    ...parts,
  });
  const alarms = [child('low', { alarmActions: [TOPIC.arn], okActions: [TOPIC.arn] })];

  test('sends nothing within its window, and at its end what is still true', () => {
    const { changes, sent } = run({ alarms, muteRules: [mute()] }, { low: '..XXXXXXXX.' });
    expect(changes).toEqual(['1 low OK', '3 low ALARM', '11 low OK']);
    expect(sent).toEqual(['3 low ALARM', '11 low OK']);
    expect(run({ alarms, muteRules: [mute()] }, { low: '..XXX......' }).sent).toEqual([]);
  });
  test('of another alarm, or after its expiry, mutes nothing', () => {
    const muteRules = [mute({ alarms: ['other'] }), mute({ expire: START })];
    expect(run({ alarms, muteRules }, { low: '..XXX..' }).sent).toEqual(['3 low ALARM', '6 low OK']);
  });
  test('that is not understood is named', () => {
    const model = aStack({ muteRules: [mute({ expression: 'rate(5 minutes)' })] });
    expect(inspectAlarms(model)).toEqual([
      expect.objectContaining({ resource: 'deployment', detail: expect.stringContaining('rate(5 minutes)') }),
    ]);
  });
  test.each([
    ['cron(30 9 * * *)', 'UTC', 3600, '2026-11-29T10:29', true],
    ['cron(30 9 * * *)', 'UTC', 3600, '2026-11-29T10:30', false],
    ['cron(0 2 * * SUN,6)', 'UTC', 3600, '2026-11-29T02:30', true],
    ['cron(0 2 * * 1-5)', 'UTC', 3600, '2026-11-29T02:30', false],
    ['cron(*/15 10-11 29 NOV ?)', 'UTC', 60, '2026-11-29T10:45', true],
    ['cron(*/15 10-11 29 NOV ?)', 'UTC', 60, '2026-11-29T10:46', false],
    ['cron(0 11 * * *)', 'Europe/Berlin', 600, '2026-11-29T10:05', true],
    ['cron(0 11 * * *)', 'Europe/Berlin', 600, '2026-07-29T09:05', true],
    ['at(2026-11-28T11:00)', 'UTC', 86_400, '2026-11-29T10:00', true],
  ])('%s in %s for %i s: at %s it mutes is %s', (expression, timeZone, durationSeconds, at, expected) => {
    const isMuted = muteSchedule(mute({ expression, timeZone, durationSeconds }));
    expect(isMuted(Date.parse(`${at}:00Z`))).toBe(expected);
  });
});
