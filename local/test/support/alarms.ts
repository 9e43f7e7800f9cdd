import { afterEach } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { AlarmModel, StackModel } from '../../assembly/model.ts';
import { createClock } from '../../services/clock.ts';
import { type CloudWatch, startCloudWatch } from '../../services/cloudwatch/start.ts';
import { createNotifications, type Notifications } from '../../services/sns/notifications.ts';
import { aStack } from './gateway.ts';

export const TOPIC = {
  arn: 'arn:aws:sns:eu-central-1:111111111111:alarms',
  name: 'alarms',
  subscriptions: [{ protocol: 'email', endpoint: 'ops@example.com' }],
};

/** An alarm that notifies the topic where its queries reach 20 in a period of five minutes. */
export const alarmOf = (name: string, queries: AlarmModel['queries'], parts: Partial<AlarmModel> = {}): AlarmModel => ({
  name,
  queries,
  periodSeconds: 300,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 20,
  comparison: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'notBreaching',
  alarmActions: [TOPIC.arn],
  okActions: [TOPIC.arn],
  insufficientDataActions: [],
  ...parts,
});

export const metricAlarm = (
  name: string,
  metric: { namespace: string; name: string },
  parts: Partial<AlarmModel> = {},
): AlarmModel =>
  alarmOf(
    name,
    [{ id: 'm1', returnData: true, metric: { ...metric, dimensions: {}, statistic: 'Sum', periodSeconds: 300 } }],
    parts,
  );

export const LOGINS = metricAlarm('failed-logins', {
  namespace: 'SecureApi/AccessLog',
  name: 'documents-Unauthorized',
});
/** An alarm on a metric filter, and one on a metric. */
export const STACK = aStack({
  topics: [TOPIC],
  alarms: [LOGINS, metricAlarm('errors', { namespace: 'AWS/ApiGateway', name: '5XXError' })],
  metricFilters: [
    {
      logGroup: '/access/documents',
      pattern: '{ $.status = 401 }',
      transformations: [
        {
          namespace: 'SecureApi/AccessLog',
          name: 'documents-Unauthorized',
          value: '1',
          defaultValue: 0,
          dimensions: {},
        },
      ],
    },
  ],
});

/** Makes the function that starts the alarms of a stack; they end with the test. Call it once in a file. */
export function alarmRunner() {
  const running: CloudWatch[] = [];
  afterEach(async () => {
    for (const cloudWatch of running.splice(0)) await cloudWatch.close();
  });
  return (model: StackModel, speed: number, data = temporaryFolder()) => {
    const printed: string[] = [];
    const print = (line: string) => void printed.push(line);
    const notifications: Notifications = createNotifications(model, data, print);
    const clock = createClock(speed);
    const cloudWatch = startCloudWatch(model, { data, clock, print, onAction: notifications.notify });
    running.push(cloudWatch);
    return { data, printed, notifications, cloudWatch, clock };
  };
}

export const until = async (condition: () => boolean) => {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen in 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

export const stateOf = (cloudWatch: CloudWatch, name: string) =>
  cloudWatch.alarms().find((alarm) => alarm.name === name)?.state;
