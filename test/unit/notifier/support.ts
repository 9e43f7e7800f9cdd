import type { Notification } from '../../../lambdas/notifier/notification.ts';

/** The description of an alarm, as the construct writes it. */
export const DESCRIPTION = [
  'documents: Repeated requests without a valid token (401): failed logins, stolen or forged tokens. Look at the addresses, then suspend the client.',
  'Measures: responses with 401 in five minutes',
  'Contributors: documents-TopAddresses, documents-TopClients',
  'Owner: Team Documents',
  'Runbook: https://docs.example.com/runbooks/failed-logins',
  'Dashboard: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/documents',
].join('\n');

const REASON =
  'Threshold Crossed: 1 out of the last 1 datapoints [25.0 (29/11/26 10:00:00)] was greater than or equal to the threshold (20.0) (minimum 1 datapoint for OK -> ALARM transition).';

export const TRIGGER = {
  MetricName: 'documents-Unauthorized',
  Namespace: 'SecureApi/AccessLog',
  StatisticType: 'Statistic',
  Statistic: 'SUM',
  Unit: null,
  Dimensions: [],
  Period: 300,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 20.0,
  TreatMissingData: 'notBreaching',
  EvaluateLowSampleCountPercentile: '',
};

/** What CloudWatch sends to a topic, with other members where a test wants them. */
export function alarmMessage(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    AlarmName: 'documents-failed-logins',
    AlarmDescription: DESCRIPTION,
    AWSAccountId: '123456789012',
    AlarmConfigurationUpdatedTimestamp: '2026-11-01T08:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason: REASON,
    StateChangeTime: '2026-11-29T10:05:12.000+0000',
    Region: 'EU (Ireland)',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:documents-failed-logins',
    OldStateValue: 'OK',
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Trigger: TRIGGER,
    ...changes,
  });
}

/** A notification with every member. */
export const NOTIFICATION: Notification = {
  id: 'b2f1c5c0-7f0c-5a7e-9a55-6b1d5f3b0d11',
  status: 'firing',
  severity: 'page',
  api: 'documents',
  alarm: 'documents-failed-logins',
  title: 'documents: failed logins',
  at: '2026-11-29T10:05:12.000Z',
  what: 'Repeated requests without a valid token (401): failed logins, stolen or forged tokens.',
  since: '2026-11-29 10:00 UTC, noticed 5 minutes 12 seconds later',
  measured: '25 responses with 401 in five minutes. It fires at 20 or more.',
  contributors: [{ title: 'Top addresses', rows: [{ name: '203.0.113.9', requests: '25' }] }],
  first: 'Look at the addresses, then suspend the client.',
  owner: 'Team Documents',
  links: { runbook: 'https://docs.example.com/runbooks/failed-logins', alarm: 'https://console.example.com/#alarm' },
};
