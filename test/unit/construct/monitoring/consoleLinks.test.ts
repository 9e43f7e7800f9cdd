import { Duration } from 'aws-cdk-lib';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { consoleLinks } from '../../../../lambdas/notifier/links.ts';
import { BLOCKED_QUERY } from '../../../../lambdas/shared/blockedQuery.ts';
import { consoleHost, insightsText } from '../../../../lambdas/shared/console.ts';
import { atAllTimes, newest } from '../../../../lib/construct/monitoring/expressions.ts';

describe('links to the console', () => {
  test('write a character outside ASCII by its bytes', () => {
    expect(insightsText('a-b_c.d é–')).toBe('a-b_c.d*20*c3*a9*e2*80*93');
  });

  test('go to the host of the partition', () => {
    expect(['eu-west-1', 'cn-north-1', 'us-gov-west-1'].map(consoleHost)).toEqual([
      'console.aws.amazon.com',
      'console.amazonaws.cn',
      'console.amazonaws-us-gov.com',
    ]);
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
