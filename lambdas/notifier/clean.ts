import { redactedAndCut } from '../shared/redact.ts';
import { escapeUnseen, UNSEEN } from '../shared/unseen.ts';

/** Characters of a sentence, such as the description of an alarm; CloudWatch allows 1,024. */
const MAX_TEXT = 1_024;
/** Characters of the name of a client, an address or a route. */
const MAX_NAME = 64;
/** Letters carry one or two marks; more of them cover the lines around. */
const STACKED = /(\p{M}{2})\p{M}+/gu;
/** Mail programs and chats make links of addresses, with a scheme or without one: one that a client chose must not be one. */
const SCHEME = /(\w):\/\//g;
/** The dots of domain names (RFC 3490, section 3.1), and one that looks like them. */
const DOMAIN = /(?<=[\p{L}\d-])[.\u3002\uff0e\uff61\u2024](?=\p{L}{2,}(?![\p{L}\d.-]))/gu;

/** One line of text from a template or a service: visible characters alone, without secrets, of limited length. */
export function cleanText(text: string): string {
  return redactedAndCut(readable(text.toWellFormed().replaceAll(UNSEEN, ' ')), MAX_TEXT, '…');
}

/** A name that a client chose: as {@link cleanText}, shorter, with escapes, and without anything that becomes a link. */
export function cleanName(name: string): string {
  const shown = redactedAndCut(readable(escapeUnseen(name)), MAX_NAME, '…');
  return shown === '' ? '(empty)' : shown.replaceAll(SCHEME, '$1[:]//').replaceAll(DOMAIN, '[.]');
}

function readable(text: string): string {
  return text.replaceAll(STACKED, '$1').replaceAll(/ {2,}/g, ' ').trim();
}
