/** Signatures over exactly these bytes and strings, for messages that no library of a sender would sign. */
import { createHmac } from 'node:crypto';
import { KEYS } from './hooksDefinition.ts';
import type { SenderName } from './webhookSenders.ts';

/** What is signed, as it is written. */
export interface Signed {
  readonly body: string | Uint8Array;
  readonly key?: string;
  readonly timestamp?: string;
  readonly id?: string;
}

/** Epoch seconds, some seconds ago. */
export function secondsAgo(seconds = 0): string {
  return String(Math.floor(Date.now() / 1000) - seconds);
}

/**
 * When messages are sent that say no time: one time in a file of tests, within the tolerance, so that a digest and its header, or a
 * message that is signed twice, do not differ because a second has passed between them.
 */
const SENT = secondsAgo();

/** The digest that a sender writes for these bytes, without what stands before it. */
export function digestFor(sender: SenderName, signed: Signed): string {
  const { body, timestamp = SENT, id = 'msg_1', key = KEYS[`${sender}-signing`] } = signed;
  const before = { stripe: `${timestamp}.`, standard: `${id}.${timestamp}.`, slack: `v0:${timestamp}:` } as const;
  const bytes = sender === 'standard' ? Buffer.from(key.replace('whsec_', ''), 'base64') : Buffer.from(key);
  const hmac = createHmac('sha256', bytes).update(sender in before ? before[sender as keyof typeof before] : '');
  return hmac.update(body).digest(sender === 'standard' || sender === 'shop' ? 'base64' : 'hex');
}

/** The headers of a message; the digest can be replaced. */
export function signMessage(
  sender: SenderName,
  signed: Signed,
  digest = digestFor(sender, signed),
): Record<string, string> {
  const { timestamp = SENT, id = 'msg_1' } = signed;
  const headers = {
    stripe: { 'stripe-signature': `t=${timestamp},v1=${digest}` },
    github: { 'x-hub-signature-256': `sha256=${digest}` },
    standard: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` },
    slack: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` },
    shop: { 'x-shop-hmac-sha256': digest },
  };
  return headers[sender];
}
