import type { SignatureEncoding, WebhookRules } from '../../../lib/definition/webhook.ts';
import { headerValues, type ProxyEvent } from '../event.ts';
import { WebhookRejected } from './reasons.ts';

/** What the headers of a message say, before anything is verified. */
export interface ReadSignature {
  /** As written: they are signed as they are. */
  readonly timestamp?: string;
  readonly id?: string;
  /** Digests of known versions, at least one. */
  readonly signatures: readonly Uint8Array[];
}

/** Larger than the header of any sender, with several signatures. */
const MAX_HEADER = 2_048;
const MAX_ID = 256;
/** Signatures of a rotation, and of versions that the scheme does not know. */
const MAX_PARTS = 16;
const PART = /^[\x21-\x7e]+$/;
/** Seconds until 2286 have ten digits, so a timestamp has a fixed length. */
const TIMESTAMP = { seconds: /^[1-9]\d{9}$/, milliseconds: /^[1-9]\d{12}$/ };
/** A digest of SHA-256; the decoded bytes have exactly one such form, see {@link digest}. */
const DIGEST: Readonly<Record<SignatureEncoding, RegExp>> = {
  hex: /^[0-9a-f]{64}$/,
  base64: /^[A-Za-z0-9+/]{43}=$/,
  base64url: /^[A-Za-z0-9_-]{43}$/,
};

/**
 * Reads the headers of a signature. Each is there once, and each part is written in the one way in which its sender writes it:
 * what can be read in two ways is rejected.
 *
 * @throws {WebhookRejected}
 */
export function readSignature(event: ProxyEvent, rules: WebhookRules): ReadSignature {
  const header = single(event, rules.header, { max: MAX_HEADER, missing: 'signature-missing' });
  const parts = rules.separator === undefined ? [header] : header.split(rules.separator);
  if (parts.length > MAX_PARTS) throw new WebhookRejected('header-too-large');
  if (rules.separator !== undefined && !parts.every((part) => PART.test(part))) {
    throw new WebhookRejected('signature-malformed');
  }
  const timestamp = timestampOf(event, rules, parts);
  const id = idOf(event, rules);
  const signatures = signaturesOf(rules, parts);
  return { ...(timestamp === undefined ? {} : { timestamp }), ...(id === undefined ? {} : { id }), signatures };
}

function signaturesOf({ prefix, separator, encoding, timestamp }: WebhookRules, parts: readonly string[]) {
  const isTimestamp = (part: string) =>
    timestamp !== undefined && 'prefix' in timestamp && part.startsWith(timestamp.prefix);
  const known = parts.filter((part) => part.startsWith(prefix) && !isTimestamp(part));
  if (known.length > 0) return known.map((part) => digest(encoding, part.slice(prefix.length)));
  throw new WebhookRejected(separator === undefined ? 'signature-malformed' : 'signature-version-unknown');
}

/** The last character of base64 has unused bits, so several strings decode to the same bytes: only one of them is accepted. */
function digest(encoding: SignatureEncoding, written: string): Uint8Array {
  const bytes = DIGEST[encoding].test(written) ? Buffer.from(written, encoding) : undefined;
  if (bytes?.toString(encoding) === written) return bytes;
  throw new WebhookRejected('signature-malformed');
}

function timestampOf(event: ProxyEvent, { timestamp }: WebhookRules, parts: readonly string[]): string | undefined {
  if (timestamp === undefined) return undefined;
  const written =
    'header' in timestamp ? headerTimestamp(event, timestamp.header) : partTimestamp(parts, timestamp.prefix);
  if (!TIMESTAMP[timestamp.unit ?? 'seconds'].test(written)) throw new WebhookRejected('timestamp-malformed');
  return written;
}

function headerTimestamp(event: ProxyEvent, name: string): string {
  return single(event, name, { max: MAX_ID, missing: 'timestamp-missing' });
}

function partTimestamp(parts: readonly string[], prefix: string): string {
  const [first, ...others] = parts.filter((part) => part.startsWith(prefix));
  if (first === undefined) throw new WebhookRejected('timestamp-missing');
  if (others.length > 0) throw new WebhookRejected('timestamp-malformed');
  return first.slice(prefix.length);
}

/** An id is printable, and does not contain the character that ends it in what is signed. */
function idOf(event: ProxyEvent, { id, content }: WebhookRules): string | undefined {
  if (id === undefined || !('header' in id)) return undefined;
  const written = single(event, id.header, { max: MAX_ID, missing: 'id-missing' });
  const end = content.charAt(content.indexOf('{id}') + '{id}'.length);
  if (!PART.test(written) || written.includes(end)) throw new WebhookRejected('id-malformed');
  return written;
}

function single(
  event: ProxyEvent,
  name: string,
  {
    max,
    missing,
  }: { readonly max: number; readonly missing: 'signature-missing' | 'timestamp-missing' | 'id-missing' },
): string {
  const [value, ...others] = headerValues(event, name);
  if (value === undefined || value === '') throw new WebhookRejected(missing);
  if (others.length > 0) throw new WebhookRejected('header-duplicate');
  if (value.length > max) throw new WebhookRejected('header-too-large');
  return value;
}
