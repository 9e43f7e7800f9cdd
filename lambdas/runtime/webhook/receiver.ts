import type { RouteContract } from '../../../lib/definition/bundledTypes.ts';
import type { WebhookRules } from '../../../lib/definition/webhook.ts';
import { randomUUID } from '../../shared/nodeCrypto.ts';
import { secretsManager } from '../../shared/secretsManager.ts';
import type { HandlerEnvironment, Readable } from '../../shared/wireContract.ts';
import { checkBodySize } from '../body.ts';
import { type ProxyResult, remainingMs } from '../event.ts';
import { rejectMethodOverride } from '../methodOverride.ts';
import { bytesOf } from '../rawBody.ts';
import { checkRequestSize } from '../requestSize.ts';
import { securityHeaders } from '../securityHeaders.ts';
import { messageId, messageKey } from './messageKey.ts';
import { type Claim, epochSeconds, type MessageStore, messageStore } from './messageStore.ts';
import { MessageInProgress, WebhookFault } from './reasons.ts';
import type { WebhookMiddleware, WebhookReceiver } from './steps.ts';
import { signatureVerifier, type VerifySignature } from './verifySignature.ts';
import { logDelivery, logFault, logRejection } from './webhookLog.ts';

const SECONDS_PER_DAY = 86_400;

/** Makes the receiver of a function. Secrets are read and cached once for each route; only functions of webhooks have it. */
export function webhookReceiver(environment: Readable<HandlerEnvironment>): WebhookReceiver {
  const secrets = secretsManager(environment);
  const store = messageStore(environment);
  const secretIds = secretIdsOf(environment.SECURE_API_WEBHOOK_SECRETS);
  return (route, webhook, telemetry, api) => {
    const id = secretIds[webhook.secret];
    const verifySignature: VerifySignature =
      id === undefined
        ? () =>
            Promise.reject(
              new WebhookFault('configuration-invalid', new Error('SECURE_API_WEBHOOK_SECRETS is invalid')),
            )
        : signatureVerifier(webhook, id, secrets);
    const log = { telemetry, api, route: route.id, webhook: webhook.secret };
    return {
      verify: verifyMessage(route, webhook, verifySignature, log),
      handleOnce: handleOnce(webhook, store, log),
    };
  };
}

type Log = Parameters<typeof logRejection>[0];

function verifyMessage(
  contract: RouteContract,
  webhook: WebhookRules,
  verify: VerifySignature,
  log: Log,
): WebhookMiddleware {
  return {
    before: async ({ context: { call } }) => {
      rejectMethodOverride(call.event);
      checkRequestSize(call.event, contract);
      const body = bytesOf(call.event);
      checkBodySize(body.length, contract);
      try {
        const verified = await verify(call.event, body);
        const id = messageId(webhook, verified);
        const message = { name: webhook.secret, id, timestamp: verified.time };
        call.webhook = { message, key: messageKey(contract.id, id) };
      } catch (error) {
        logRejection(log, call, error);
        throw error;
      }
    },
  };
}

/**
 * Claims the message, and records how its delivery ended. A handler that succeeds completes it. One that fails gives it up, so
 * that the next delivery is handled. The claim of a function that Lambda ended stays until it could no longer run.
 */
function handleOnce({ rememberDays }: WebhookRules, store: MessageStore, log: Log): WebhookMiddleware {
  return {
    before: async ({ context }): Promise<ProxyResult | undefined> => {
      const { call } = context;
      if (call.webhook === undefined) throw new Error('the signature was not verified');
      const now = Date.now();
      const claim: Claim = {
        key: call.webhook.key,
        owner: randomUUID(),
        lease: Math.ceil((now + remainingMs(context)) / 1000) + 1,
        expires: Math.ceil(now / 1000) + rememberDays * SECONDS_PER_DAY,
      };
      const result = await store.claim(claim).catch((error: unknown) => {
        logFault(log, call, error);
        throw error;
      });
      if (result.outcome === 'claimed') {
        call.webhook.claim = claim;
        return undefined;
      }
      if (result.outcome === 'handled') {
        logDelivery(log, call, 'message-handled');
        return { statusCode: result.status, headers: securityHeaders(), body: '' };
      }
      logDelivery(log, call, 'message-in-progress');
      throw new MessageInProgress(result.until - epochSeconds());
    },
    after: async ({ context: { call }, response }) => {
      const claim = call.webhook?.claim;
      if (claim === undefined) return;
      const { statusCode } = response as ProxyResult;
      const isDone = statusCode >= 200 && statusCode < 300;
      // The handler has done its work, so the response is its own, also if that could not be recorded: see docs/webhooks.md.
      await (isDone ? store.complete(claim, statusCode) : store.release(claim)).catch((error: unknown) =>
        logFault(log, call, error),
      );
    },
    onError: async ({ context: { call } }) => {
      const claim = call.webhook?.claim;
      if (claim === undefined) return;
      await store.release(claim).catch((fault: unknown) => logFault(log, call, fault));
    },
  };
}

function secretIdsOf(json: string | undefined): Readonly<Record<string, string>> {
  try {
    return JSON.parse(json ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}
