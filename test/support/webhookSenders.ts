/** The senders' own libraries, and published recipes where a sender has none: what they sign, as headers. */
import { createHmac } from 'node:crypto';
import { sign, verify } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { KEYS } from './hooksDefinition.ts';

/** What is sent, when, and with which key. */
export interface Sent {
  readonly body: string;
  readonly key?: string;
  /** Epoch seconds. Default: now. */
  readonly seconds?: number;
  readonly id?: string;
}

type Headers = Readonly<Record<string, string>>;
const now = () => Math.floor(Date.now() / 1000);
const hmac = (key: string, content: string) => createHmac('sha256', key).update(content);

/** The signed headers of a message, by route of the API of webhooks. */
export const senders: Readonly<
  Record<'stripe' | 'github' | 'standard' | 'slack' | 'shop', (sent: Sent) => Promise<Headers>>
> = {
  stripe: async ({ body: payload, key: secret = KEYS['stripe-signing'], seconds: timestamp = now() }) => ({
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }),
  }),
  github: async ({ body, key = KEYS['github-signing'] }) => ({ 'x-hub-signature-256': await sign(key, body) }),
  standard: async ({ body, key = KEYS['standard-signing'], seconds = now(), id = 'msg_1' }) => ({
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': new StandardWebhook(key).sign(id, new Date(seconds * 1000), body),
  }),
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  slack: async ({ body, key = KEYS['slack-signing'], seconds = now() }) => ({
    'x-slack-request-timestamp': String(seconds),
    'x-slack-signature': `v0=${hmac(key, `v0:${seconds}:${body}`).digest('hex')}`,
  }),
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shop: async ({ body, key = KEYS['shop-signing'] }) => ({ 'x-shop-hmac-sha256': hmac(key, body).digest('base64') }),
};

export type SenderName = keyof typeof senders;
export const senderNames = Object.keys(senders) as SenderName[];

/** Whether the library of a sender accepts a message with one of these keys; undefined where it has none. */
export async function acceptedByLibrary(
  { sender, body, headers }: { readonly sender: SenderName; readonly body: string; readonly headers: Headers },
  ...keys: readonly string[]
): Promise<boolean | undefined> {
  if (sender === 'slack' || sender === 'shop') return undefined;
  for (const key of keys) {
    try {
      if (sender === 'stripe')
        Stripe.webhooks.signature?.verifyHeader(body, headers['stripe-signature'] ?? '', key, 300);
      else if (sender === 'standard') new StandardWebhook(key).verify(body, headers, { jsonParse: false });
      else if (!(await verify(key, body, headers['x-hub-signature-256'] ?? ''))) continue;
      return true;
    } catch {
      // The libraries throw for each reason.
    }
  }
  return false;
}
