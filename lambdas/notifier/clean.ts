import { redactedAndCut } from '../shared/redact.ts';

/** Characters of a sentence, such as the description of an alarm; CloudWatch allows 1,024. */
const MAX_TEXT = 1_024;
/** Characters of the name of a client, an address or a route. */
const MAX_NAME = 64;
/**
 * What a person does not see, or what changes the text around it: controls (a terminal would obey them), direction marks, invisible and
 * unassigned characters, and both separators of lines.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]+/gu;
/** Letters carry one or two marks; more of them cover the lines around. */
const STACKED = /(\p{M}{2})\p{M}+/gu;
/** Mail programs and chats make links of addresses, with a scheme or without one: one that a client chose must not be one. */
const SCHEME = /(\w):\/\//g;
const DOMAIN = /(?<=[\p{L}\d-])\.(?=\p{L}{2,}(?![\p{L}\d.-]))/gu;

/** One line of text from a template or a service: visible characters alone, without secrets, of limited length. */
export function cleanText(text: string): string {
  return redactedAndCut(visible(text, ' '), MAX_TEXT, '…');
}

/** A name that a client chose: as {@link cleanText}, shorter, and without anything that becomes a link. */
export function cleanName(name: string): string {
  const shown = redactedAndCut(visible(name, '?'), MAX_NAME, '…');
  return shown === '' ? '(empty)' : shown.replaceAll(SCHEME, '$1[:]//').replaceAll(DOMAIN, '[.]');
}

function visible(text: string, instead: string): string {
  // Lone surrogates are no text: JSON would carry them, and a receiver may reject the whole message.
  return text.toWellFormed().replaceAll(UNSEEN, instead).replaceAll(STACKED, '$1').replaceAll(/ {2,}/g, ' ').trim();
}
