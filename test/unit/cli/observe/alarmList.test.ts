import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import type { RouteAccess } from '../../../../lambdas/notifier/deniedRoute.ts';
import { observedAlarms, withCloudWatch } from '../../../../lib/cli/observe/alarmList.ts';
import type { Source } from '../../../../lib/cli/observe/source.ts';

const access: RouteAccess = {
  roles: { viewer: ['document:read'] },
  routes: [
    { id: 'create', method: 'POST', path: '/documents', access: { kind: 'permission', permission: 'document:write' } },
  ],
};
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
const sourceOf = (parts: Partial<Source> = {}): Source => ({
  name: 'documents',
  logs: [],
  settings: () => ({ region: 'eu-west-1', credentials }),
  now: () => Date.parse('2026-11-29T12:00:00Z'),
  close: async () => undefined,
  ...parts,
});

/** The service returns one alarm, and these keys of a rule. */
function respondWith(client: CloudWatchClient, rule: string, report: object): void {
  const alarm = {
    AlarmName: 'documents-denied',
    AlarmDescription: `Denied.\nContributors: documents-${rule}`,
    AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:team'],
    StateValue: 'ALARM',
    StateUpdatedTimestamp: new Date('2026-11-29T11:50:00Z'),
  };
  const respond =
    (_: unknown, { commandName }: { readonly commandName?: string }) =>
    async () => ({
      response: {},
      output: commandName === 'DescribeAlarmsCommand' ? { MetricAlarms: [alarm] } : report,
    });
  client.middlewareStack.add(respond as never, { step: 'initialize', priority: 'high' });
}

function observed(source: Source, rule: string, report: object) {
  return withCloudWatch(source, (cloudWatch) => {
    respondWith(cloudWatch.client, rule, report);
    return observedAlarms(cloudWatch);
  });
}

describe('an alarm that fires', () => {
  it('names its contributors with the labels that a message has', async () => {
    const report = {
      KeyLabels: ['$.subject', '$.client'],
      Contributors: [{ Keys: ['u-1', 'web'], ApproximateAggregateValue: 3 }],
    };
    const [alarm] = await observed(sourceOf(), 'DeniedCallers', report);
    expect(alarm?.contributors).toMatchObject([{ rows: [{ name: 'subject u-1 · client web' }] }]);
    expect(alarm?.severity).toBe('page');
  });

  it('explains a denial by what the route needs, where the stack says so', async () => {
    const keys = ['POST', '/documents', 'viewer', 'permission-missing scope-missing'];
    const report = { Contributors: [{ Keys: keys, ApproximateAggregateValue: 3 }] };
    const [alarm] = await observed(sourceOf({ access }), 'DeniedRoutes', report);
    expect(alarm?.contributors).toMatchObject([
      { rows: [{ name: 'POST /documents · needs document:write · roles viewer · permission-missing' }] },
    ]);
  });
});

it('what was opened is closed, also where a question fails', async () => {
  const closed: string[] = [];
  const source = sourceOf({ close: async () => void closed.push('source') });
  const question = withCloudWatch(source, async ({ client }) => {
    client.destroy = () => void closed.push('client');
    throw new Error('AccessDenied');
  });
  await expect(question).rejects.toThrow('AccessDenied');
  expect(closed).toEqual(['client', 'source']);
});
