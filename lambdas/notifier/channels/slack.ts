import type { Notification } from '../notification.ts';
import { headline, linksOf, sections } from '../text.ts';
import { cut } from './cut.ts';

/** Limits of Slack: https://docs.slack.dev/reference/block-kit/blocks */
const MAX_HEADER = 150;
const MAX_SECTION = 3_000;

/**
 * The message of an incoming webhook of Slack. Everything that was not written by us is plain text, which Slack neither formats nor
 * reads for mentions; only links are mrkdwn.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackMessage(notification: Notification): Readonly<Record<string, unknown>> {
  const links = linksOf(notification).map(([name, url]) => `<${escaped(url)}|${name}>`);
  return {
    // Shown in the notification of a phone; it is mrkdwn.
    text: escaped(headline(notification)),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(headline(notification), MAX_HEADER) },
      ...sections(notification).map(([name, value]) => ({
        type: 'section',
        text: plain(`${name}: ${value}`, MAX_SECTION),
      })),
      ...(links.length === 0
        ? []
        : [{ type: 'context', elements: [{ type: 'mrkdwn', text: links.join(' · '), verbatim: true }] }]),
    ],
  };
}

function plain(text: string, max: number) {
  return { type: 'plain_text', text: cut(text, max), emoji: false };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping; `|` would end the address of a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('|', '%7C');
}
