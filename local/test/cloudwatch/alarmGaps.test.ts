import { expect, test } from 'vitest';
import { inspectAlarms } from '../../services/cloudwatch/inspect.ts';
import { alarmRunner, LOGINS, metricAlarm, stateOf, TOPIC, until } from '../support/alarms.ts';
import { aStack } from '../support/gateway.ts';

const run = alarmRunner();

test('what cannot be emulated is named, and such an alarm stays INSUFFICIENT_DATA', async () => {
  const metric = { namespace: 'SecureApi', name: 'x', dimensions: {}, statistic: 'Sum', periodSeconds: 60 };
  const expression = (id: string, text: string) =>
    metricAlarm(
      id,
      { namespace: '', name: '' },
      {
        queries: [
          { id: 'm1', metric, returnData: false },
          { id: 'e1', expression: text, returnData: true },
        ],
      },
    );
  const model = aStack({
    topics: [TOPIC],
    alarms: [
      LOGINS,
      expression('band', 'ANOMALY_DETECTION_BAND(m1, 2)'),
      expression('nobody', 'INSIGHT_RULE_METRIC("nobody", "Sum")'),
      expression('loop', 'e1 + 1'),
      expression('unknown', 'm1 + m9'),
      metricAlarm('tm', metric, {
        queries: [{ id: 'm1', metric: { ...metric, statistic: 'tm900' }, returnData: true }],
      }),
      metricAlarm(
        'certificate',
        { namespace: 'AWS/CertificateManager', name: 'DaysToExpiry' },
        { treatMissingData: 'breaching' },
      ),
      metricAlarm('anomaly', metric, { comparison: 'GreaterThanUpperThreshold' }),
      metricAlarm('other-action', metric, { alarmActions: ['arn:aws:automate:eu-central-1:ec2:stop'] }),
    ],
    metricFilters: [{ logGroup: '/g', pattern: '[a, b]', transformations: [] }],
    insightRules: [{ name: 'any', enabled: true, logGroups: ['/g'], keys: ['$.a[*]'], filters: [] }],
  });
  const found = inspectAlarms(model).map(({ resource, detail }) => `${resource}: ${detail}`);
  expect(found).toEqual([
    expect.stringMatching(/^band: .*array of time series/),
    expect.stringMatching(/^nobody: .*no Contributor Insights rule nobody/),
    expect.stringMatching(/^loop: .*refers to itself/),
    expect.stringMatching(/^unknown: .*m9/),
    expect.stringMatching(/^tm: .*tm900/),
    expect.stringMatching(/^certificate: .*AWS\/CertificateManager/),
    expect.stringMatching(/^anomaly: .*GreaterThanUpperThreshold/),
    expect.stringMatching(/^other-action: its action .* is not performed/),
    expect.stringMatching(/^\/g: .*\[a, b\]/),
    expect.stringMatching(/^any: it counts nothing: wildcards/),
  ]);
  const { cloudWatch, notifications } = run(model, 3_000);
  await until(() => stateOf(cloudWatch, 'failed-logins') === 'OK');
  expect(stateOf(cloudWatch, 'certificate')).toBe('INSUFFICIENT_DATA');
  expect(notifications.all()).toEqual([]);
});
