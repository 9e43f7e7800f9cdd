/** How the headers of an API differ from the default. */
export interface HeaderSettings {
  /** Adds `preload` to Strict-Transport-Security. */
  readonly hstsPreload?: boolean;
}

/**
 * Headers of every response, whatever sends it: functions, API Gateway, the web ACL, CloudFront. The first ones matter most: a layer
 * that has room for some sends those.
 *
 * After the OWASP Secure Headers Project's advice for APIs: HTTPS only, for two years, as browsers' preload lists require (RFC 6797); no
 * type guessing; nothing is loaded or framed; no page of another site can embed a response (`fetch` with CORS is not concerned); no
 * referrer; no powers of a page.
 */
export function securityHeaders({ hstsPreload = false }: HeaderSettings = {}): Readonly<Record<string, string>> {
  return {
    'Strict-Transport-Security': `max-age=${HSTS_SECONDS}; includeSubDomains${hstsPreload ? '; preload' : ''}`,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}

const HSTS_SECONDS = 63_072_000;

/** Of every response that no route declares to be cached. */
export const NOT_CACHED: Readonly<Record<string, string>> = { 'Cache-Control': 'no-store' };

/** The header of a key, in lower case (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = 'idempotency-key';
/** Marks a response that was stored, as other APIs do. */
export const IDEMPOTENCY_REPLAYED = 'Idempotency-Replayed';

/** The header in which a client names its request, and finds the name in the response. */
export const CLIENT_REQUEST_ID = 'X-Request-Id';
/** The caller's trace, in lower case (W3C Trace Context, level 2). */
export const TRACE_PARENT = 'traceparent';
export const TRACE_STATE = 'tracestate';
/** The trace of a request, for the client that sent one: https://w3c.github.io/trace-context/#traceresponse-header */
export const TRACE_RESPONSE = 'traceresponse';
/** What every route reads and sends besides its own headers: pages of other origins can use them. */
export const TRACE_REQUEST_HEADERS: readonly string[] = [CLIENT_REQUEST_ID, TRACE_PARENT, TRACE_STATE];
/** The last one is API Gateway's own id of the request, in each of its responses. */
export const TRACE_RESPONSE_HEADERS: readonly string[] = [CLIENT_REQUEST_ID, TRACE_RESPONSE, 'x-amzn-RequestId'];
