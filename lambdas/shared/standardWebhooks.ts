/** How a message of Standard Webhooks is signed. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const STANDARD_WEBHOOKS = {
  header: 'webhook-signature',
  encoding: 'base64',
  prefix: 'v1,',
  separator: ' ',
  timestamp: { header: 'webhook-timestamp' },
  id: { header: 'webhook-id' },
  content: '{id}.{timestamp}.{body}',
  key: 'base64',
} as const;
