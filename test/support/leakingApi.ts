/** An API whose handlers let a secret out in every way that they have, and which receives signed messages. */
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Type } from 'typebox';
import { Identity, Notify, SecureApi } from '../../lib/construct/index.ts';
import { defineApi, defineRoles, object, post, Webhook } from '../../lib/definition/index.ts';
import { temporaryFolder } from './folders.ts';

/** Ways out of a handler. */
export const WAYS = [
  'throws an error',
  'throws its cause',
  'throws several errors',
  'throws an error with members',
  'throws a string',
  'throws a problem with a cause',
  'rejects a promise',
  'returns a wrong response',
  'returns a wrong header',
  'logs a message',
  'logs a value',
  'logs a key',
  'logs an error',
  'logs JSON',
  'logs a URL',
  'logs bytes',
  'appends a key',
  'adds metadata',
  'adds a dimension',
  'adds a metric of this name',
] as const;

export const leaks = defineApi({
  name: 'leaks',
  version: '1.0.0',
  roles: defineRoles({ user: { can: ['leak:use'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { wide: { rate: 10_000, burst: 5_000, quota: { requests: 1_000_000, per: 'DAY' } } },
  routes: {
    leak: post('/leaks', {
      permission: 'leak:use',
      body: object({ way: Type.Enum([...WAYS]), text: Type.String({ maxLength: 2_000, 'x-text': 'plain' }) }),
      responses: { 200: { description: 'Done', body: object({ seen: Type.Integer() }) } },
      problems: [404],
    }),
    hook: post('/hooks', {
      webhook: Webhook.standard('hook-signing'),
      body: object({ text: Type.String({ maxLength: 2_000, 'x-text': 'plain' }) }),
      responses: { 204: { description: 'Received' } },
    }),
  },
});

/** The folder of its assembly. */
export function leakingAssembly(): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  const stack = new Stack(app, 'Leaks');
  new SecureApi(stack, 'Api', {
    definition: leaks,
    webhooks: { 'hook-signing': Secret.fromSecretNameV2(stack, 'Signing', 'hook-signing') },
    handlers: join(import.meta.dirname, 'leakingHandlers'),
    identity: Identity.oidc({ issuer: 'https://a.example', jwksUri: 'https://a.example/keys', audience: 'leaks' }),
    notify: [
      Notify.email('ops@example.com'),
      Notify.slack('slack-url'),
      Notify.teams('teams-url'),
      Notify.pagerDuty('pagerduty-key'),
      Notify.webhook('https://hooks.example.com/alarms', { secret: 'alarm-signing' }),
    ],
    waf: { ipLimit: 1_000_000 },
  });
  app.synth();
  return outdir;
}
