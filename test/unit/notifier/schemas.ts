/** What the providers document about the parts that messages use, as JSON Schema. */

const plainText = (maxLength: number) => ({
  type: 'object',
  required: ['type', 'text'],
  additionalProperties: false,
  properties: {
    type: { const: 'plain_text' },
    text: { type: 'string', minLength: 1, maxLength },
    emoji: { type: 'boolean' },
  },
});
const block = (type: string, properties: object, optional: object = {}) => ({
  type: 'object',
  required: ['type', ...Object.keys(properties)],
  additionalProperties: false,
  properties: { type: { const: type }, ...properties, ...optional },
});

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: texts and links. */
const richTextOf = (type: 'text' | 'link') => ({
  type: 'object',
  required: ['type', 'text', ...(type === 'link' ? ['url'] : [])],
  additionalProperties: false,
  properties: {
    type: { const: type },
    text: { type: 'string', minLength: 1, maxLength: 3_001 },
    ...(type === 'link'
      ? { url: { type: 'string', format: 'uri', pattern: '^https://' } }
      : { style: { type: 'object', additionalProperties: false, properties: { bold: { const: true } } } }),
  },
});

/** https://docs.slack.dev/reference/block-kit/blocks: header and rich text, and at most 50 blocks. */
export const SLACK_MESSAGE = {
  type: 'object',
  required: ['text', 'blocks'],
  additionalProperties: false,
  properties: {
    text: { type: 'string', minLength: 1, maxLength: 40_000 },
    unfurl_links: { const: false },
    unfurl_media: { const: false },
    blocks: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        oneOf: [
          block('header', { text: plainText(150) }),
          block('rich_text', {
            elements: {
              type: 'array',
              minItems: 1,
              items: block('rich_text_section', {
                elements: { type: 'array', minItems: 1, items: { oneOf: [richTextOf('text'), richTextOf('link')] } },
              }),
            },
          }),
        ],
      },
    },
  },
};

/** https://adaptivecards.io/explorer, version 1.4: RichTextBlock, TextRun, Action.OpenUrl. */
export const ADAPTIVE_CARD = {
  type: 'object',
  required: ['type', 'version', 'body'],
  additionalProperties: false,
  properties: {
    $schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
    type: { const: 'AdaptiveCard' },
    version: { const: '1.4' },
    body: {
      type: 'array',
      minItems: 1,
      items: block(
        'RichTextBlock',
        {
          inlines: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['type', 'text'],
              additionalProperties: false,
              properties: {
                type: { const: 'TextRun' },
                text: { type: 'string' },
                weight: { enum: ['default', 'lighter', 'bolder'] },
                size: { enum: ['default', 'small', 'medium', 'large', 'extraLarge'] },
                color: { enum: ['default', 'dark', 'light', 'accent', 'good', 'warning', 'attention'] },
              },
            },
          },
        },
        { spacing: { enum: ['none', 'medium'] } },
      ),
    },
    actions: {
      type: 'array',
      // What Teams shows without a menu: https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
      maxItems: 6,
      items: block('Action.OpenUrl', { title: { type: 'string' }, url: { type: 'string', format: 'uri' } }),
    },
  },
};

/** https://developer.pagerduty.com/api-reference/368ae3d938c9e-send-an-event-to-pager-duty, and the limits of its overview. */
export const PAGER_DUTY_EVENT = {
  type: 'object',
  required: ['routing_key', 'event_action', 'dedup_key'],
  additionalProperties: false,
  properties: {
    routing_key: { type: 'string', minLength: 32, maxLength: 32 },
    event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
    dedup_key: { type: 'string', minLength: 1, maxLength: 255 },
    payload: {
      type: 'object',
      required: ['summary', 'source', 'severity'],
      additionalProperties: false,
      properties: {
        summary: { type: 'string', minLength: 1, maxLength: 1_024 },
        source: { type: 'string', minLength: 1 },
        severity: { enum: ['critical', 'error', 'warning', 'info'] },
        timestamp: { type: 'string', format: 'date-time' },
        component: { type: 'string' },
        class: { type: 'string' },
        custom_details: { type: 'object' },
      },
    },
    links: {
      type: 'array',
      items: {
        type: 'object',
        required: ['href'],
        additionalProperties: false,
        properties: { href: { type: 'string', format: 'uri' }, text: { type: 'string' } },
      },
    },
  },
  if: { properties: { event_action: { const: 'trigger' } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ['payload'] },
};
