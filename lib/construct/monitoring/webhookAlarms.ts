import type { AlarmSpec } from './alarmSpec.ts';
import { decisionMetric } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** The alarm on webhooks. Rejected messages count as 401 in the alarm on failed logins. */
export function webhookAlarms({ api, restApi }: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  if (!Object.values(api.routes).some(({ access }) => access.kind === 'webhook')) return [];
  return [
    {
      id: 'WebhookErrors',
      look: 'logs --status 5xx',
      severity: 'ticket',
      description:
        'Messages of webhooks could not be verified or recorded: a secret is unreachable or no key, or the table of messages is unreachable. The log of the function has the reason; senders retry.',
      measure: 'messages in five minutes',
      metric: decisionMetric(restApi.restApiName, 'WebhookError'),
      threshold: thresholds.webhookErrors ?? 3,
    },
  ];
}
