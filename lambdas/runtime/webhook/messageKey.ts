import type { WebhookRules } from '../../../lib/definition/webhook.ts';
import { createHash } from '../../shared/nodeCrypto.ts';
import { signedContent } from '../../shared/webhookSignature.ts';
import type { VerifiedMessage } from './verifySignature.ts';

/** Printable ASCII; an id that is longer or something else is not read. */
const ID = /^[\x20-\x7e]{1,256}$/;

/**
 * The id of a message: what its sender signed as its id, else a digest. What is not signed, such as a header of a delivery, is not
 * used: a replay could change it. Where the id is a member of the body that cannot be read, the digest is that of the body: bodies
 * that are the same have the same id, and the time of a redelivery is another one.
 */
export function messageId(rules: WebhookRules, message: VerifiedMessage): string {
  if (rules.id !== undefined && 'member' in rules.id) {
    return memberOf(message.body, rules.id.member) ?? digestId(message.body);
  }
  return message.id ?? digestId(signedContent(rules, message));
}

function digestId(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes)}`;
}

/** The key of a message in the store. Routes are apart: each has its own secret. */
export function messageKey(route: string, id: string): string {
  return `${route}#${sha256(Buffer.from(id))}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

function memberOf(body: Uint8Array, member: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, member)) return undefined;
    const value: unknown = Reflect.get(parsed, member);
    // A number that is rounded could be the id of another message.
    if (Number.isSafeInteger(value)) return String(value);
    return typeof value === 'string' && ID.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
