import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { RouteContract } from '../../../lib/definition/bundledTypes.ts';
import type { WebhookMessage, WebhookRules } from '../../../lib/definition/webhook.ts';
import type { ProxyEvent } from '../event.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Claim } from './messageStore.ts';

/** A verified message in the pipeline. */
export interface Received {
  readonly message: WebhookMessage;
  /** Of the message in the store. */
  readonly key: string;
  /** Set while this delivery handles the message. */
  claim?: Claim;
}

/** What the steps use of a request in the pipeline. */
export interface WebhookCall {
  readonly event: ProxyEvent;
  readonly requestId: string;
  readonly address: string;
  webhook: Received | undefined;
}

export type WebhookMiddleware = MiddlewareObj<unknown, unknown, Error, Context & { readonly call: WebhookCall }>;

/** What the route of a webhook adds to the pipeline. */
export interface WebhookSteps {
  /** Before anything is read: sizes, then the signature. */
  readonly verify: WebhookMiddleware;
  /** Around the handler: each message reaches it once, unless it fails. */
  readonly handleOnce: WebhookMiddleware;
}

/** Makes the steps of a route. */
export type WebhookReceiver = (
  route: RouteContract,
  webhook: WebhookRules,
  telemetry: Telemetry,
  api: string,
) => WebhookSteps;
