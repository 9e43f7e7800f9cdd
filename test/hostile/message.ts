/** Messages of webhooks on their way: as their senders sign them, and as somebody changes them. */
import { type Signed, signMessage } from '../support/signMessage.ts';
import type { SenderName } from '../support/webhookSenders.ts';

export interface Message {
  readonly sender: SenderName;
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * What arrives, in words; the message, made of a body that no other case has; the status; and another one where the gateway
 * replaces bytes first.
 */
export type MessageCase = readonly [what: string, message: MakeMessage, status: number, byGateway?: number];
export type MakeMessage = (body: string) => Message;

/** Headers of signatures. */
export const SIGNATURE: Readonly<Record<SenderName, string>> = {
  stripe: 'stripe-signature',
  github: 'x-hub-signature-256',
  standard: 'webhook-signature',
  slack: 'x-slack-signature',
  shop: 'x-shop-hmac-sha256',
};
/** Digests of nothing. */
export const WRONG = '0'.repeat(64);
export const WRONG_BASE64 = `${'A'.repeat(43)}=`;

/** A message whose headers something on the way changed. */
export function changed(
  sender: SenderName,
  change: (signed: Record<string, string>) => Message['headers'],
): MakeMessage {
  return (body) => ({ sender, body, headers: change(signMessage(sender, { body })) });
}

/** A message whose header with the signature something on the way changed. */
export function inSignature(sender: SenderName, change: (value: string) => string | readonly string[]): MakeMessage {
  const name = SIGNATURE[sender];
  return changed(sender, (headers) => ({ ...headers, [name]: change(headers[name] ?? '') }));
}

/** A message that its sender signed like that. */
export function signed(sender: SenderName, more: Omit<Signed, 'body'>): MakeMessage {
  return (body) => ({ sender, body, headers: signMessage(sender, { body, ...more }) });
}
