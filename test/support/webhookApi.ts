/** A function that serves webhooks of every scheme, and the services that it needs: real ones, on loopback. */
import { afterAll, beforeAll } from 'vitest';
import type { LambdaHandler, ProxyEvent } from '../../lambdas/runtime/event.ts';
import type { RouteHandler } from '../../lambdas/runtime/secure.ts';
import { webhookReceiver } from '../../lambdas/runtime/webhook/receiver.ts';
import type { WebhookReceiver } from '../../lambdas/runtime/webhook/steps.ts';
import type { Api } from '../../lib/definition/index.ts';
import type { DynamoDb } from '../../local/services/dynamodb/start.ts';
import { startSecrets, startTables } from '../unit/authorizer/support/services.ts';
import { serveApi } from '../unit/runtime/support.ts';
import { temporaryFolder } from './folders.ts';
import { hooks, KEYS } from './hooksDefinition.ts';

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
