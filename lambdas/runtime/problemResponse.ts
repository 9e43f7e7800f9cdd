import type { ProxyResult } from './event.ts';
import { problemDocument, type Rejection } from './problem.ts';
import { securityHeaders } from './securityHeaders.ts';

/**
 * When to retry after a handler's own 429 or 503. The time is unknown, so this is short enough for a useful retry and long
 * enough to limit the load. An exact limit replaces it with its own seconds.
 */
const RETRY_SECONDS = 10;
const RETRIED_STATUSES = [429, 503];
/** A handler takes less, in most cases. */
const IN_PROGRESS_SECONDS = 1;

/** The response to a rejected request (RFC 9457). */
export function problemResponse(error: Rejection, requestId: string, problemTypeBase?: string): ProxyResult {
  return {
    statusCode: error.status,
    headers: {
      ...securityHeaders(),
      'content-type': 'application/problem+json',
      ...retryAfter(error),
      ...(error.code === 'idempotency-in-progress' ? { 'retry-after': String(IN_PROGRESS_SECONDS) } : {}),
      // API Gateway renames it to x-amzn-remapped-www-authenticate when an integration sends it; RFC 9110 requires it.
      ...challengeOf(error),
    },
    body: JSON.stringify(problemDocument(error, requestId, problemTypeBase)),
  };
}

/** When to retry: what the error knows, else a short time. */
function retryAfter(error: Rejection & { readonly retryAfterSeconds?: number }): Readonly<Record<string, string>> {
  const { retryAfterSeconds = RETRIED_STATUSES.includes(error.status) ? RETRY_SECONDS : undefined } = error;
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}

/** No token replaces the signature of a webhook. */
function challengeOf({ code, status, challenge }: Rejection): Readonly<Record<string, string>> {
  if (challenge !== undefined) return { 'www-authenticate': challenge };
  if (status !== 401) return {};
  return { 'www-authenticate': code === 'webhook-rejected' ? 'Webhook' : 'Bearer error="invalid_token"' };
}
