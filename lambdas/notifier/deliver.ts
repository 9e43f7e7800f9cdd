import { type AwsEnvironment, signedFetch } from '../shared/aws.ts';
import type { Channel } from '../shared/notifierSettings.ts';
import { secretsManager } from '../shared/secretsManager.ts';
import { PAGER_DUTY, pagerDutyEvent } from './channels/pagerDuty.ts';
import { jsonRequest } from './channels/request.ts';
import { slackMessage } from './channels/slack.ts';
import { teamsMessage } from './channels/teams.ts';
import { webhookRequest } from './channels/webhook.ts';
import type { Notification } from './notification.ts';
import { NotDelivered, send } from './send.ts';
import { subject, text } from './text.ts';

/** For the publication of a mail, with its retries. */
const LIMITS = { timeoutMs: 10_000, retries: 2 };
/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const API_VERSION = '2010-03-31';

/** Sends a notification to a channel. */
export type Deliver = (channel: Channel, notification: Notification) => Promise<void>;

/**
 * Makes the function that sends to channels. Secrets are read when they are needed, so that a changed one counts at once.
 *
 * @param post sends a request; for tests.
 */
export function deliverer(environment: AwsEnvironment, post: typeof send = send): Deliver {
  const secrets = secretsManager(environment);
  const sns = signedFetch(environment, 'sns', LIMITS);
  const secretOf = async (arn: string) => (await secrets.current(arn)).trim();
  return async (channel, notification) => {
    if (channel.kind === 'email') {
      const form = { TopicArn: channel.topic, Subject: subject(notification), Message: text(notification) };
      const { ok, status } = await sns('/', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: String(new URLSearchParams({ Action: 'Publish', Version: API_VERSION, ...form })),
      });
      if (!ok) throw new NotDelivered(`SNS returned the status ${status}`, true);
      return;
    }
    const secret = await secretOf(channel.secret);
    if (channel.kind === 'webhook') {
      return post(webhookRequest(notification, { url: channel.url, secret, now: Date.now() }));
    }
    if (channel.kind === 'pagerDuty') {
      return post(jsonRequest(PAGER_DUTY[channel.region], pagerDutyEvent(notification, secret)));
    }
    return post(
      jsonRequest(secret, channel.kind === 'slack' ? slackMessage(notification) : teamsMessage(notification)),
    );
  };
}

/** What a channel would get, without its secret: for a machine that sends nothing. */
export function payloadOf({ kind }: Channel, notification: Notification): unknown {
  switch (kind) {
    case 'email':
      return { subject: subject(notification), message: text(notification) };
    case 'slack':
      return slackMessage(notification);
    case 'teams':
      return teamsMessage(notification);
    case 'pagerDuty': {
      const { routing_key: _, ...event } = pagerDutyEvent(notification, '');
      return event;
    }
    case 'webhook':
      return { ...notification, text: text(notification) };
  }
}
