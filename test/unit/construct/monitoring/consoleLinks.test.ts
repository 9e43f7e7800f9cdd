import { App, Duration, Stack } from 'aws-cdk-lib';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { consoleLinks } from '../../../../lambdas/notifier/links.ts';
import { noticeOf } from '../../../../lambdas/notifier/notice/notice.ts';
import { BLOCKED_QUERY } from '../../../../lambdas/shared/blockedQuery.ts';
import { insightsText } from '../../../../lambdas/shared/console.ts';
import { atAllTimes } from '../../../../lambdas/shared/newestPeriods.ts';
import { alarmDescription } from '../../../../lib/construct/monitoring/alarmDescription.ts';
import type { AlarmSpec } from '../../../../lib/construct/monitoring/alarmSpec.ts';
import { queryLink } from '../../../../lib/construct/monitoring/dashboard/links.ts';
import { newest } from '../../../../lib/construct/monitoring/expressions.ts';
import type { SavedQuery } from '../../../../lib/construct/monitoring/queries.ts';

const NOTICE = { id: 'm-1', severity: 'page', api: 'documents', links: {}, name: 'Documents', digest: 'a' } as const;
const sourceOf = (message: string, region: string) =>
  noticeOf(message, { ...NOTICE, at: 0, isLocal: false, region }).links.source;
const guardDutyLink = (region: string) =>
  sourceOf(
    JSON.stringify({ source: 'aws.guardduty', 'detail-type': 'GuardDuty Finding', region, detail: { id: 'abc' } }),
    region,
  );
const budgetLink = (region: string) => sourceOf('AWS Budget Notification\nBudget Name: Documents\n', region);

describe('links to the console', () => {
  test('write a character outside ASCII by its bytes', () => {
    expect(insightsText('a-b_c.d é–')).toBe('a-b_c.d*20*c3*a9*e2*80*93');
  });

  test.each([
    ['eu-west-1', 'console.aws.amazon.com'],
    ['cn-north-1', 'console.amazonaws.cn'],
    ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ])('go to the host of the partition of %s', (region, host) => {
    const stack = new Stack(new App(), 'Documents', { env: { account: '123456789012', region } });
    const spec = { id: 'Forbidden', description: 'Too many.' } as AlarmSpec;
    const description = alarmDescription(stack, spec, { apiName: 'documents', prefix: 'Documents', runbooks: '' });
    const query = queryLink(stack, {
      name: 'Blocked',
      statements: BLOCKED_QUERY,
      logGroups: [],
    } as unknown as SavedQuery);
    const message = consoleLinks({ region, alarmRegion: region, log: 'access', alarm: 'a', from: 0, to: 1 });
    const regional = [query, description, message.query, message.alarm, guardDutyLink(region)];
    expect(
      regional.map((text) =>
        /https:\/\/([^/]+)\/(?:cloudwatch|guardduty)\/home\?region=([\w-]+)#/.exec(text ?? '')?.slice(1),
      ),
    ).toEqual(regional.map(() => [`${region}.${host}`, region]));
    expect(budgetLink(region)).toBe(`https://${host}/billing/home#/budgets`);
  });

  test('of a message ask what the saved query of blocked requests asks', () => {
    const log = 'aws-waf-logs-documents';
    const times = { from: 0, to: 1 };
    const { query = '' } = consoleLinks({
      region: 'eu-west-1',
      alarmRegion: 'eu-west-1',
      log,
      asks: 'blocked',
      alarm: 'a',
      ...times,
    });
    const saved = new QueryString(BLOCKED_QUERY).toString().replaceAll(/\n\| /g, ' | ');
    expect(decodeURIComponent(query.split('#')[1]?.replaceAll('$', '%') ?? '')).toContain(`'${insightsText(saved)}~`);
  });
});

describe('a graph of an alarm', () => {
  test.each([1, 3])('draws the value in all periods that the alarm has in the newest %i alone', (of) => {
    const value = 'IF(errors > 3, errors, 0)';
    expect(atAllTimes(newest(value, { clock: 'requests', period: Duration.minutes(5), of }))).toBe(value);
    expect(atAllTimes(value)).toBe(value);
  });
});
