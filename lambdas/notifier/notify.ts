import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { metricsName } from '../shared/metricsName.ts';
import type { Channel, LocalNotifications, NotifierSettings } from '../shared/notifierSettings.ts';
import type { Severity } from '../shared/severity.ts';
import { makeLogger } from '../shared/telemetry.ts';
import type { NotifierEnvironment, Readable } from '../shared/wireContract.ts';
import { webhookRequest } from './channels/webhook.ts';
import { cleanText } from './clean.ts';
import { compose, type SnsMessage } from './compose.ts';
import { deliverer, payloadOf } from './deliver.ts';
import type { RouteAccess } from './deniedRoute.ts';
import type { Notification } from './notification.ts';
import { NotDelivered, send } from './send.ts';
import { text } from './text.ts';

/** An event of SNS: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
interface SnsEvent {
  readonly Records?: readonly { readonly Sns?: SnsMessage }[];
}

/** What became of a message. SNS ignores it; the local gateway shows it. */
export interface Notified {
  readonly severity: Severity;
  readonly status: Notification['status'];
  readonly text: string;
  /** Nobody has to hear of it. */
  readonly isQuiet: boolean;
  readonly channels: readonly ChannelResult[];
}

interface ChannelResult {
  readonly kind: Channel['kind'];
  readonly result: 'sent' | 'kept' | 'failed';
  readonly payload?: unknown;
  /** ARN of the topic of a mail, on a developer's machine. */
  readonly to?: string;
  readonly reason?: string;
}

/** Messages whose deliveries an instance remembers. */
const MAX_REMEMBERED = 200;

/**
 * Makes the function that notifies people of alarms. Each channel gets its message, also when another one fails. If one fails, the run
 * fails: Lambda repeats it after one and two minutes, and then puts the event into the dead-letter queue. A channel that has the message
 * is left out of a repetition, as long as the same instance runs it; afterwards PagerDuty and receivers of webhooks know it by its id.
 *
 * @param policy of the API: its name in the definition, and who has access to which route, which explains denials.
 * @example
 * ```ts
 * export const handler = notify({ api: 'documents', roles: {}, routes: [] });
 * ```
 */
export function notify({
  api,
  roles,
  routes,
}: RouteAccess & Pick<AccessPolicy, 'api'>): (event: SnsEvent) => Promise<readonly Notified[]> {
  const logger = makeLogger();
  const access = { roles, routes };
  const delivered = new Set<string>();
  return async (event) => {
    const environment: Readable<NotifierEnvironment> = process.env;
    const settings = JSON.parse(environment.SECURE_API_NOTIFIER ?? '{}') as NotifierSettings;
    const local = localOf(environment.SECURE_API_LOCAL_NOTIFICATIONS);
    const results: Notified[] = [];
    for (const { Sns = {} } of event.Records ?? []) {
      const notification = await compose(Sns, { api, name: metricsName(api), access, settings, environment, local });
      const { alarm, severity, status } = notification;
      const shown = text(notification);
      // The local gateway prints it.
      if (local === undefined) logger.info('notification', { alarm, status, text: shown });
      const channels =
        local === undefined
          ? await deliverAll(notification, { settings, environment, delivered })
          : await keepAll(notification, settings, local);
      for (const { kind, result, reason } of channels) {
        if (result === 'failed') logger.error('notification not delivered', { channel: kind, reason });
      }
      results.push({ severity, status, text: shown, isQuiet: notification.isQuiet === true, channels });
    }
    const failed = results.flatMap(({ channels }) => channels.filter(({ result }) => result === 'failed'));
    if (failed.length > 0 && local === undefined) {
      throw new Error(`not delivered: ${failed.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ')}`);
    }
    return results;
  };
}

interface Delivery {
  readonly settings: NotifierSettings;
  readonly environment: Readable<NotifierEnvironment>;
  readonly delivered: Set<string>;
}

async function deliverAll(notification: Notification, { settings, environment, delivered }: Delivery) {
  const deliver = deliverer(environment);
  return Promise.all(
    channelsOf(settings, notification).map(async (channel): Promise<ChannelResult> => {
      const { kind } = channel;
      const key = `${notification.id} ${JSON.stringify(channel)}`;
      if (delivered.has(key)) return { kind, result: 'sent' };
      try {
        await deliver(channel, notification);
        if (delivered.size >= MAX_REMEMBERED) delivered.clear();
        delivered.add(key);
        return { kind, result: 'sent' };
      } catch (error) {
        return { kind, result: 'failed', reason: reasonOf(error) };
      }
    }),
  );
}

/** On a developer's machine: nothing is sent, except to the webhook that the developer named. */
async function keepAll(notification: Notification, settings: NotifierSettings, { webhook }: LocalNotifications) {
  const kept = channelsOf(settings, notification).map((channel): ChannelResult => {
    const to = channel.kind === 'email' ? { to: channel.topic } : {};
    return { kind: channel.kind, result: 'kept', payload: payloadOf(channel, notification), ...to };
  });
  if (webhook === undefined || notification.isQuiet === true) return kept;
  const { url, key: secret } = webhook;
  const kind = 'webhook';
  try {
    await send(webhookRequest(notification, { url, secret, now: Date.now() }), 'loopback');
    return [...kept, { kind, result: 'sent' } as const];
  } catch (error) {
    return [...kept, { kind, result: 'failed', reason: reasonOf(error) } as const];
  }
}

/** An incident of PagerDuty is resolved by any OK: it can have begun before the data ended. */
function channelsOf({ channels = [] }: NotifierSettings, { severity, isQuiet }: Notification): readonly Channel[] {
  return channels.filter(
    ({ kind, severities }) => severities.includes(severity) && (isQuiet !== true || kind === 'pagerDuty'),
  );
}

/** What a log and a dead letter may say: errors of other code could contain an address that is a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof NotDelivered) return error.message;
  return error instanceof Error ? cleanText(error.message) : 'unknown';
}

/** Present on this machine only. */
function localOf(written: string | undefined): LocalNotifications | undefined {
  return written === undefined ? undefined : (JSON.parse(written) as LocalNotifications);
}
