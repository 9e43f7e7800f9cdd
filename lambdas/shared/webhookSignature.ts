import type { WebhookRules } from '../../lib/definition/webhook.ts';
import { createHmac } from './nodeCrypto.ts';

/** The parts of a message that a sender signs, as they are written in the headers. */
export interface SignedParts {
  readonly timestamp?: string;
  readonly id?: string;
  /** As sent. */
  readonly body: Uint8Array;
}

/**
 * The shortest key: the minimum of Standard Webhooks, which is less than the 32 bytes that RFC 2104, section 3, recommends, because
 * senders choose the secrets.
 */
export const MIN_KEY_BYTES = 24;
/** Maximum of keys in one secret: those of a rotation at the sender. */
const MAX_KEYS = 4;
/** What Standard Webhooks writes before the base64 of a symmetric key. */
const KEY_PREFIX = /^whsec_/;
const PLACEHOLDER = /(\{(?:timestamp|id|body)\})/;

/** The bytes that are signed. */
export function signedContent({ content }: Pick<WebhookRules, 'content'>, parts: SignedParts): Uint8Array {
  const { timestamp = '', id = '', body } = parts;
  // A map: a definition can write any string between the placeholders, also the name of a member of every object.
  const values = new Map<string, string | Uint8Array>([
    ['{timestamp}', timestamp],
    ['{id}', id],
    ['{body}', body],
  ]);
  return Buffer.concat(content.split(PLACEHOLDER).map((piece) => Buffer.from(values.get(piece) ?? piece)));
}

/** HMAC-SHA-256 (RFC 2104). */
export function digestOf(key: Uint8Array, content: Uint8Array): Buffer {
  return createHmac('sha256', key).update(content).digest();
}

/**
 * The keys in the string of a secret: the string itself, or each of a JSON list of strings.
 *
 * @throws {Error} when a key cannot be used. The message names the fault, never the string.
 */
export function webhookKeys(rules: Pick<WebhookRules, 'key'>, secret: string): readonly Uint8Array[] {
  const strings = secret.startsWith('[') || secret.startsWith('{') ? listOf(secret) : [secret];
  return strings.map((string) => keyOf(rules, string));
}

/** The headers that a sender adds to a message, by their names in lower case. */
export function signedHeaders(
  rules: WebhookRules,
  key: Uint8Array,
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: Uint8Array },
): Readonly<Record<string, string>> {
  const { header, prefix, separator = '', encoding, timestamp: time, id: source } = rules;
  const timestamp = String(time?.unit === 'milliseconds' ? seconds * 1000 : seconds);
  const signature = `${prefix}${digestOf(key, signedContent(rules, { timestamp, id, body })).toString(encoding)}`;
  const parts = time !== undefined && 'prefix' in time ? [`${time.prefix}${timestamp}`, signature] : [signature];
  return {
    ...(source !== undefined && 'header' in source ? { [source.header]: id } : {}),
    ...(time !== undefined && 'header' in time ? { [time.header]: timestamp } : {}),
    [header]: parts.join(separator),
  };
}

function listOf(secret: string): readonly string[] {
  const wrong = new Error(`the secret is JSON, but no list of 1 to ${MAX_KEYS} strings`);
  const parsed = parse(secret);
  if (!Array.isArray(parsed) || parsed.length === 0 || parsed.length > MAX_KEYS) throw wrong;
  if (!parsed.every((item) => typeof item === 'string')) throw wrong;
  return parsed;
}

function parse(secret: string): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    return undefined;
  }
}

function keyOf({ key: kind }: Pick<WebhookRules, 'key'>, string: string): Uint8Array {
  // Copied with a line break, a secret verifies nothing, and the cause would be hard to find.
  if (string !== string.trim()) throw new Error('the secret begins or ends with white space');
  const key = kind === 'utf8' ? Buffer.from(string) : decoded(kind, string);
  // HMAC pads keys with zero bytes (RFC 2104, section 2), so those at the end of a key add nothing to it.
  if (key.findLastIndex((byte) => byte !== 0) + 1 >= MIN_KEY_BYTES) return key;
  throw new Error(`the secret is a key of less than ${MIN_KEY_BYTES} bytes`);
}

function decoded(kind: 'base64' | 'hex', string: string): Buffer {
  const digits = kind === 'base64' ? string.replace(KEY_PREFIX, '') : string.toLowerCase();
  const key = Buffer.from(digits, kind);
  if (key.toString(kind) === digits) return key;
  throw new Error(`the secret is not ${kind === 'hex' ? 'hexadecimal' : 'base64'}`);
}
