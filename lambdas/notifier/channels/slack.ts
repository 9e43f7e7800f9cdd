import type { Notification } from '../notification.ts';
import { headline, linksOf, sections, summary } from '../text.ts';
import { cut } from './cut.ts';

/** Limits of Slack: https://docs.slack.dev/reference/block-kit/blocks */
const MAX_HEADER = 150;
const MAX_SECTION = 3_000;

/**
 * The message of an incoming webhook of Slack. Texts are elements of rich text, which Slack shows as they are: it formats no part of them,
 * and reads no mention and no address from them.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export function slackMessage(notification: Notification): Readonly<Record<string, unknown>> {
  const links = linksOf(notification).map(([text, url]) => ({ type: 'link', url, text }));
  return {
    // Shown in the notification of a phone; it is mrkdwn.
    text: escaped(cut(summary(notification), MAX_SECTION)),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline(notification), MAX_HEADER), emoji: false } },
      ...sections(notification).map(([name, value]) => richText(bold(name), plain(`\n${cut(value, MAX_SECTION)}`))),
      ...(links.length === 0
        ? []
        : [richText(...links.flatMap((link, i) => (i === 0 ? [link] : [plain(' · '), link])))]),
    ],
  };
}

function richText(...elements: readonly object[]) {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

function plain(text: string) {
  return { type: 'text', text };
}

function bold(text: string) {
  return { type: 'text', text, style: { bold: true } };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
