import { describe, expect, it } from 'vitest';
import { alarmChangeOf } from '../../../lambdas/notifier/alarmChange.ts';
import { descriptionParts } from '../../../lambdas/notifier/description.ts';
import { alarmNotification } from '../../../lambdas/notifier/notification.ts';
import { subject, summary, text } from '../../../lambdas/notifier/text.ts';
import { alarmMessage, DESCRIPTION, NOTIFICATION, TRIGGER } from './support.ts';

const NOW = Date.parse('2026-11-29T10:05:12Z');
const PARTS = { id: '1', severity: 'page', api: 'documents', name: 'documents', links: {} } as const;

function notificationOf(changes: Readonly<Record<string, unknown>> = {}, children = {}) {
  const change = alarmChangeOf(alarmMessage(changes), NOW) ?? expect.fail('no alarm');
  return alarmNotification(change, { ...PARTS, ...children });
}

const math = (label: string, period = 300) => [
  { Id: 'e1', Expression: 'a / b', Label: label, ReturnData: true },
  { Id: 'a', MetricStat: { Metric: { MetricName: 'A' }, Period: period, Stat: 'Sum' }, ReturnData: false },
];
const trigger = (changes: object) => ({ Trigger: { ...TRIGGER, ...changes } });
const measures = (words: string) => ({ AlarmDescription: `documents: Something happened.\nMeasures: ${words}` });
const crossed = (values: string) => ({
  NewStateReason: `Threshold Crossed: 1 out of the last 1 datapoints [${values}] …`,
});

describe('a message', () => {
  it('says what, since when, how bad, who, what to do first, and where to look', () => {
    expect(text(NOTIFICATION)).toBe(`ALARM (page) documents: failed logins

What
  Repeated requests without a valid token (401): failed logins, stolen or forged tokens.

Since
  2026-11-29 10:00 UTC, noticed 5 minutes 12 seconds later

How bad
  25 responses with 401 in five minutes. It fires at 20 or more.

Who
  Top addresses:
  1. 203.0.113.9: 25 requests

Do first
  Look at the addresses, then suspend the client.

Owner
  Team Documents

Runbook: https://docs.example.com/runbooks/failed-logins
Alarm: https://console.example.com/#alarm`);
  });

  it('is made of what CloudWatch sends and of the lines of the description', () => {
    const { contributors: _, links: __, id: ___, ...expected } = NOTIFICATION;
    expect(notificationOf()).toMatchObject({
      ...expected,
      links: {
        runbook: 'https://docs.example.com/runbooks/failed-logins',
        dashboard: expect.stringMatching(/^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/.+#dashboards/),
      },
    });
  });

  it('of an alarm that ended says so, and asks for nothing', () => {
    const reason =
      'Threshold Crossed: 1 datapoint [0.0 (29/11/26 10:10:00)] was not greater than or equal to the threshold (20.0).';
    const ended = notificationOf({ NewStateValue: 'OK', OldStateValue: 'ALARM', NewStateReason: reason });
    expect(ended).toMatchObject({
      status: 'resolved',
      measured: '0 responses with 401 in five minutes. It would fire at 20 or more.',
      first: 'Nothing now. If nobody knows the cause yet, find it.',
    });
    expect(text(ended)).toContain('Ended\n  2026-11-29 10:05 UTC');
  });

  it('of an anomaly band that ended says that the value is usual again', () => {
    const band = trigger({
      ComparisonOperator: 'GreaterThanUpperThreshold',
      Threshold: undefined,
      ThresholdMetricId: 'band',
    });
    const ended = notificationOf({
      ...measures('requests in five minutes'),
      NewStateValue: 'OK',
      OldStateValue: 'ALARM',
      ...band,
    });
    expect(ended.measured).toBe('25 requests in five minutes: usual at this time.');
  });

  it('names an alarm as people write it', () => {
    const titles = ['failed-logins-slow', 'table-errors2', 'server-errors'].map(
      (id) => notificationOf({ AlarmName: `documents-${id}` }).title,
    );
    expect(titles).toEqual([
      'documents: failed logins, slowly',
      'documents: table errors 2',
      'documents: server errors',
    ]);
  });

  it('says in one line for a phone how bad it is', () => {
    expect(summary(NOTIFICATION)).toBe(
      'ALARM (page) documents: failed logins: 25 responses with 401 in five minutes. It fires at 20 or more.',
    );
    expect(summary({ ...NOTIFICATION, status: 'resolved' })).toBe('ENDED (page) documents: failed logins');
  });

  it.each([
    [
      'one',
      { ...measures('notifications in the dead-letter queue'), ...crossed('1.0 (29/11/26 10:00:00)') },
      '1 notification in the dead-letter queue. It fires at 20 or more.',
    ],
    [
      'one of a kind',
      { ...measures('forged tokens in an hour'), ...crossed('1.0 (29/11/26 10:00:00)') },
      '1 forged token in an hour. It fires at 20 or more.',
    ],
    [
      'a share',
      {
        ...measures('% of the responses are 5xx'),
        ...crossed('3.25 (29/11/26 10:00:00)'),
        ...trigger({
          MetricName: undefined,
          Metrics: math('5xx'),
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      },
      '3.25% of the responses are 5xx, over 5 minutes. It fires above 1%.',
    ],
    [
      'a latency',
      {
        ...measures('ms, the slowest one percent of responses'),
        ...crossed('4812.4 (29/11/26 10:00:00), 3900.0 (29/11/26 09:55:00)'),
        ...trigger({ Threshold: 3000, EvaluationPeriods: 2 }),
      },
      '4,812 ms, the slowest one percent of responses, the highest of 2 periods. It fires at 3,000 or more.',
    ],
    [
      'a drop',
      {
        ...measures('requests in five minutes'),
        ...crossed('2.0 (29/11/26 10:00:00), 9.0 (29/11/26 09:55:00)'),
        ...trigger({ ComparisonOperator: 'LessThanThreshold', Threshold: 10 }),
      },
      '2 requests in five minutes, the lowest of 2 periods. It fires below 10.',
    ],
    [
      'an anomaly band',
      {
        ...measures('requests in five minutes'),
        NewStateReason:
          'Thresholds Crossed: 1 out of the last 1 datapoints [4200.0 (29/11/26 10:00:00)] was greater than the upper thresholds [812.5] (minimum 1 datapoint for OK -> ALARM transition).',
        ...trigger({ ComparisonOperator: 'GreaterThanUpperThreshold', ThresholdMetricId: 'band', Threshold: 0 }),
      },
      '4,200 requests in five minutes: more than is usual at this time.',
    ],
    [
      'a time',
      {
        ...measures('time'),
        ...crossed('1800000000.0 (29/11/26 10:00:00)'),
        ...trigger({ Threshold: 1799884800, Period: 3600 }),
      },
      'It is 2027-01-15 08:00 UTC. It fires from 2027-01-14 00:00 UTC on.',
    ],
    [
      'an hour',
      {
        ...measures('% of the responses are 5xx'),
        ...crossed('20.0 (29/11/26 10:00:00)'),
        ...trigger({ Period: 3600 }),
      },
      '20% of the responses are 5xx, over 1 hour. It fires at 20% or more.',
    ],
    [
      'an alarm that names no measure',
      { AlarmDescription: 'Something.', ...crossed('7.0') },
      '7 (documents-Unauthorized) in 5 minutes. It fires at 20 or more.',
    ],
    [
      'a label of a formula',
      {
        AlarmDescription: 'Something.',
        ...crossed('7.0'),
        ...trigger({ MetricName: undefined, Period: undefined, Metrics: math('5xx, percent', 60) }),
      },
      '7 (5xx, percent) in 1 minute. It fires at 20 or more.',
    ],
    [
      'the words of an older gateway',
      { NewStateReason: 'Threshold Crossed: 1 of [25] GreaterThanOrEqualToThreshold 20 (1 out of 1 datapoints).' },
      '25 responses with 401 in five minutes. It fires at 20 or more.',
    ],
    [
      'missing data that is a fault',
      {
        NewStateReason:
          'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
      },
      'No data arrived, which counts as a fault.',
    ],
    [
      'data that ended',
      { NewStateValue: 'INSUFFICIENT_DATA', NewStateReason: 'Insufficient Data: 1 datapoint was unknown.' },
      'No data arrived, so nothing is known: the source of the metric may have failed.',
    ],
    [
      'values beyond all reason',
      { ...crossed('1.7976931348623157E308 (29/11/26 10:00:00)') },
      '1.80e+308 responses with 401 in five minutes. It fires at 20 or more.',
    ],
  ])('says how bad it is in words and units: %s', (_, changes, expected) => {
    expect(notificationOf(changes).measured).toBe(expected);
  });

  it('of a composite alarm has the numbers of the alarms below it', () => {
    const composite = {
      Trigger: undefined,
      AlarmRule: 'ALARM("documents-failed-logins-hour")',
      NewStateReason:
        'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:documents-failed-logins-hour transitioned to ALARM at Sunday 29 November, 2026 10:05:12 UTC',
      TriggeringChildren: [
        {
          Arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:documents-failed-logins-hour',
          State: { Value: 'ALARM' },
        },
      ],
    };
    expect(notificationOf(composite).measured).toBe('Because of documents-failed-logins-hour.');
    const condition = { period: 3600, periods: 1, comparison: 'GreaterThanThreshold', threshold: 100, metric: 'x' };
    const children = [{ reason: 'Threshold Crossed: 1 out of … [180.0 (29/11/26 09:00:00)] …', condition }];
    expect(notificationOf(composite, { children })).toMatchObject({
      measured: '180 responses with 401 in five minutes. It fires above 100.',
      since: '2026-11-29 09:00 UTC at the earliest, noticed 2026-11-29 10:05 UTC',
    });
  });

  it.each([
    [
      'nothing',
      undefined,
      'The alarm documents-failed-logins has no description.',
      'Look at the dashboard and at the requests of that time.',
    ],
    [
      'a number',
      7,
      'The alarm documents-failed-logins has no description.',
      'Look at the dashboard and at the requests of that time.',
    ],
    [
      'only lines',
      'Runbook: https://docs.example.com/x',
      'The alarm documents-failed-logins has no description.',
      'Follow the runbook.',
    ],
    ['no point', 'requests fail', 'Requests fail', 'Look at the dashboard and at the requests of that time.'],
    [
      'a number with a point',
      'The share is above 1.5 percent. Look at the dashboard.',
      'The share is above 1.5 percent.',
      'Look at the dashboard.',
    ],
  ])('survives a description that is odd: %s', (_, AlarmDescription, what, first) => {
    expect(notificationOf({ AlarmDescription })).toMatchObject({ what, first });
  });

  it('takes no link but https from a description', () => {
    const links = ['http://docs.example.com', 'javascript:alert(1)', 'runbook'].map(
      (url) => notificationOf({ AlarmDescription: `${DESCRIPTION.split('\n')[0]}\nRunbook: ${url}` }).links.runbook,
    );
    expect(links).toEqual([undefined, undefined, undefined]);
  });

  it('names at most four rules, by names that can be rules', () => {
    const rules = ['a-One', 'a b', 'a-Two', '../x/..', 'a-Three', 'a-Four', 'a-Five'];
    expect(descriptionParts(`Text.\nContributors: ${rules.join(', ')}`).contributors).toEqual([
      'a-One',
      'a-Two',
      'a-Three',
      'a-Four',
    ]);
  });

  it('has a subject that SNS accepts', () => {
    const long = subject({ ...NOTIFICATION, title: `documents: ${'naïve→'.repeat(40)}` });
    expect(long).toMatch(/^[\x20-\x7e]{1,99}$/);
  });
});
