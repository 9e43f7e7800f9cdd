import { expect, it } from 'vitest';
import { sourceOf } from '../../../../lib/cli/export/source.ts';
import type { MetricAlarm, MonitoredStack } from '../../../../lib/cli/localMonitoring.ts';

const alarmOf = (parts: Partial<MetricAlarm>) => {
  const alarm = { name: 'shop-a', description: 'It fails.', alarmActions: ['t'], queries: [], ...parts };
  const stack = {
    region: 'eu-west-1',
    apis: ['shop', 'shop-admin'],
    topics: { t: 'ApiTicketTopic3F2A9C01' },
    alarms: [alarm],
    compositeAlarms: [],
    dashboards: [],
  };
  return sourceOf([stack as unknown as MonitoredStack]).alarms[0];
};

it('an exported alarm is that of its API, also where the name of another one begins it', () => {
  expect(alarmOf({ name: 'shop-admin-latency' })?.api).toBe('shop-admin');
  expect(alarmOf({ name: 'shop-latency' })?.api).toBe('shop');
});

it('an exported alarm links to what a message links to: https alone', () => {
  const links = (scheme: string) => `It fails.\nRunbook: ${scheme}://x.example/r\nDashboard: ${scheme}://x.example/d`;
  expect(alarmOf({ description: `${links('https')}\nOwner: team` })).toMatchObject({
    summary: 'It fails.',
    severity: 'ticket',
    runbook: 'https://x.example/r',
    dashboard: 'https://x.example/d',
    owner: 'team',
  });
  const alarm = alarmOf({ description: links('http') });
  expect([alarm?.runbook, alarm?.dashboard]).toEqual([undefined, undefined]);
});
