import { redactedAndCut } from '../shared/redact.ts';

/** Characters of a sentence, such as the description of an alarm; CloudWatch allows 1,024. */
const MAX_TEXT = 1_024;
/** Characters of the name of a client, an address or a route. */
const MAX_NAME = 64;
/**
 * What a person does not see, or what changes the text around it: controls (a terminal would obey them), direction marks, invisible and
 * unassigned characters, and both separators of lines.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+/gu;
/** Mail programs and chats make links of addresses: one that a client chose must not be one. */
const SCHEME = /(\w):\/\//g;

/** One line of text from a template or a service: visible characters alone, without secrets, of limited length. */
export function cleanText(text: string): string {
  return redactedAndCut(visible(text, ' '), MAX_TEXT, '…');
}

/** A name that a client chose: as {@link cleanText}, shorter, and without anything that becomes a link. */
export function cleanName(name: string): string {
  const shown = redactedAndCut(visible(name, '?'), MAX_NAME, '…');
  return shown === '' ? '(empty)' : shown.replaceAll(SCHEME, '$1[:]//');
}

function visible(text: string, instead: string): string {
  // Lone surrogates are no text: JSON would carry them, and a receiver may reject the whole message.
  return text.toWellFormed().replaceAll(UNSEEN, instead).replaceAll(/ {2,}/g, ' ').trim();
}
