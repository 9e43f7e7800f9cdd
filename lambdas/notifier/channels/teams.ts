import type { Notification } from '../notification.ts';
import { headline, linksOf, sections } from '../text.ts';
import { cut } from './cut.ts';

/** A message of Teams has 28 KB at most; the sections of ours are cut so that all fit with their JSON. */
const MAX_SECTION = 2_500;
const COLOR = { firing: 'attention', resolved: 'good', unknown: 'warning', notice: 'accent' } as const;

/**
 * The message of a workflow of Teams ("When a Teams webhook request is received"): an adaptive card. Its texts are runs of a
 * RichTextBlock, which have no Markdown, unlike those of a TextBlock and of facts.
 *
 * @see https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 * @see https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features
 */
export function teamsMessage(notification: Notification): Readonly<Record<string, unknown>> {
  const title = { text: headline(notification), weight: 'bolder', size: 'large', color: COLOR[notification.status] };
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [block(title), ...sections(notification).flatMap(([name, value]) => section(name, value))],
    actions: linksOf(notification).map(([name, url]) => ({ type: 'Action.OpenUrl', title: name, url })),
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

/** A block for each line: a run does not break lines. */
function section(name: string, value: string) {
  const lines = cut(value, MAX_SECTION).split('\n');
  return [{ ...block({ text: name, weight: 'bolder' }), spacing: 'medium' }, ...lines.map(under)];
}

function under(text: string) {
  return { ...block({ text }), spacing: 'none' };
}

function block(run: Readonly<Record<string, string>>) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', ...run }] };
}
