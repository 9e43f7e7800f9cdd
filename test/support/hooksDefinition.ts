/** An API of webhooks of every scheme. */
import { Type } from 'typebox';
import { defineApi, defineRoles, get, object, post, Webhook } from '../../lib/definition/index.ts';

/** The key of each sender, as its secret holds it. */
export const KEYS = {
  'stripe-signing': 'whsec_d5yrEJPOnmKxvqVvkBwoZzN7ZwIbPKTT',
  'github-signing': "It's a Secret to Everybody",
  'standard-signing': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'slack-signing': '8f742231b10e8888abcd99yyyzzz85a5',
  'shop-signing': 'hush-this-is-the-secret-of-a-shop',
} as const;

const event = object({
  id: Type.Optional(Type.String({ maxLength: 255 })),
  type: Type.String({ maxLength: 100 }),
  data: Type.Optional(Type.String({ maxLength: 10_000 })),
});
const done = { responses: { 204: { description: 'Received', headers: { 'X-Handled': 'Sent by the handler.' } } } };

/** The next key of each sender, in a rotation. */
export const NEXT_KEYS: Readonly<Record<keyof typeof KEYS, string>> = {
  'stripe-signing': 'whsec_Nn2J8cT5wQmXk1RzVb7LpYs4HgFdEa9U',
  'github-signing': 'Another Secret, to Nobody Else',
  'standard-signing': 'whsec_C2FVsBQIhrscChlQIMV-b5sSYspob7oD'.replace('-', '/'),
  'slack-signing': '0c1b2a39485766554433221100ffeedd',
  'shop-signing': 'the-next-secret-of-the-same-shop',
};

/** One route for each scheme; `notes` needs a token. */
export const hooks = defineApi({
  name: 'hooks',
  version: '1.0.0',
  roles: defineRoles({ reader: { can: ['note:read'] } }, { reviewed: '2026-11-01' }),
  tiers: { free: { rate: 100, burst: 200, quota: { requests: 100_000, per: 'DAY' } } },
  routes: {
    stripe: post('/hooks/stripe', { webhook: Webhook.stripe('stripe-signing'), body: event, ...done }),
    github: post('/hooks/github', { webhook: Webhook.github('github-signing'), body: event, ...done }),
    standard: post('/hooks/standard', { webhook: Webhook.standard('standard-signing'), body: event, ...done }),
    slack: post('/hooks/slack', {
      webhook: Webhook.hmac({
        secret: 'slack-signing',
        header: 'x-slack-signature',
        prefix: 'v0=',
        timestamp: { header: 'x-slack-request-timestamp' },
        content: 'v0:{timestamp}:{body}',
      }),
      body: event,
      ...done,
    }),
    shop: post('/hooks/shop', {
      webhook: Webhook.hmac({ secret: 'shop-signing', header: 'x-shop-hmac-sha256', encoding: 'base64' }),
      body: event,
      ...done,
    }),
    notes: get('/notes', { permission: 'note:read', ...done }),
  },
});
