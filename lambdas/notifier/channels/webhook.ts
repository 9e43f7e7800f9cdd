import type { WebhookRules } from '../../../lib/definition/webhook.ts';
import { STANDARD_WEBHOOKS } from '../../shared/standardWebhooks.ts';
import { signedHeaders, webhookKeys } from '../../shared/webhookSignature.ts';
import type { Notification } from '../notification.ts';
import { text } from '../text.ts';
import { type ChannelRequest, jsonRequest } from './request.ts';

/** The secret has no name here: its value is given with each message. */
const RULES: WebhookRules = {
  ...STANDARD_WEBHOOKS,
  scheme: 'standard',
  secret: '',
  toleranceSeconds: 300,
  rememberDays: 7,
};

/**
 * A message of Standard Webhooks: the notification as data and as text, with one signature for each key of the secret. A repeated
 * message has the same `webhook-id`.
 *
 * @param secret `whsec_` and base64, or a JSON list of such strings while a key is rotated.
 * @throws {Error} when the secret cannot be used as a key. The message does not contain it.
 */
export function webhookRequest(
  notification: Notification,
  { url, secret, now }: { readonly url: string; readonly secret: string; readonly now: number },
): ChannelRequest {
  const { at, status, ...data } = notification;
  const body = { type: `alarm.${status}`, timestamp: at, data: { ...data, status, at, text: text(notification) } };
  const request = jsonRequest(url, body);
  const message = { id: notification.id, seconds: Math.floor(now / 1000), body: Buffer.from(request.body) };
  const [first = {}, ...others] = webhookKeys(RULES, secret).map((key) => signedHeaders(RULES, key, message));
  const signatures = [first, ...others].map((headers) => headers[RULES.header]);
  return { ...request, headers: { ...request.headers, ...first, [RULES.header]: signatures.join(' ') } };
}
