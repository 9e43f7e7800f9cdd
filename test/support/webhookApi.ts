/** An API of webhooks of every scheme, and the services that its function needs: real ones, on loopback. */
import { Type } from 'typebox';
import { afterAll, beforeAll } from 'vitest';
import type { LambdaHandler, ProxyEvent } from '../../lambdas/runtime/event.ts';
import type { RouteHandler } from '../../lambdas/runtime/secure.ts';
import { webhookReceiver } from '../../lambdas/runtime/webhook/receiver.ts';
import type { WebhookReceiver } from '../../lambdas/runtime/webhook/steps.ts';
import { type Api, defineApi, defineRoles, get, object, post, Webhook } from '../../lib/definition/index.ts';
import type { DynamoDb } from '../../local/services/dynamodb/start.ts';
import { startSecrets, startTables } from '../unit/authorizer/support/services.ts';
import { serveApi } from '../unit/runtime/support.ts';
import { temporaryFolder } from './folders.ts';

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
const hooks = defineApi({
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

/** A function that serves these webhooks, and what it needs. */
export interface HookServices {
  /** A new instance of the function, with these handlers or ones that return 204. */
  serve(
    handlers?: Readonly<Record<string, (request: never) => unknown>>,
    change?: (receiver: WebhookReceiver) => WebhookReceiver,
  ): LambdaHandler;
  readonly secrets: () => Awaited<ReturnType<typeof startSecrets>>;
  readonly environment: () => Readonly<Record<string, string>>;
  readonly tables: () => DynamoDb;
}

/** Starts a Secrets Manager with {@link KEYS} and a DynamoDB with the table of messages, for the tests of a file. */
export function useHooks(api: Api = hooks as unknown as Api): HookServices {
  let secrets: Awaited<ReturnType<typeof startSecrets>> | undefined;
  let tables: DynamoDb | undefined;
  beforeAll(async () => {
    secrets = await startSecrets(
      Object.fromEntries(Object.entries(KEYS).map(([name, current]) => [name, { current }])),
    );
    tables = await startTables(temporaryFolder(), ['messages']);
  });
  afterAll(async () => {
    await secrets?.close();
    await tables?.close();
  });
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the services have not started');
    return part;
  };
  const environment = () => ({
    SECURE_API_WEBHOOK_SECRETS: JSON.stringify(Object.fromEntries(Object.keys(KEYS).map((name) => [name, name]))),
    SECURE_API_MESSAGES_TABLE: 'messages',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: started(secrets).url,
    AWS_ENDPOINT_URL_DYNAMODB: started(tables).url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return {
    secrets: () => started(secrets),
    tables: () => started(tables),
    environment,
    serve: (handlers = {}, change = (receiver) => receiver) => {
      const routes = Object.values(api.routes).filter(({ access }) => access.kind === 'webhook');
      const files = routes.map(
        ({ id }) => ({ route: id, fn: handlers[id] ?? (() => ({ status: 204 })) }) as RouteHandler,
      );
      return serveApi(api, files, { webhooks: () => change(webhookReceiver(environment())) });
    },
  };
}

/** A message as API Gateway passes it to the function. */
export function deliveryOf(
  route: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | readonly string[]>>,
): ProxyEvent {
  const all = Object.entries({ 'content-type': 'application/json', ...headers });
  return {
    resource: `/hooks/${route}`,
    path: `/hooks/${route}`,
    httpMethod: 'POST',
    headers: Object.fromEntries(all.map(([name, value]) => [name, [value].flat().at(-1)])),
    multiValueHeaders: Object.fromEntries(all.map(([name, value]) => [name, [value].flat()])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    body: typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: typeof body !== 'string',
    requestContext: { requestId: 'request-1', identity: { sourceIp: '192.0.2.1' }, authorizer: null },
  };
}
