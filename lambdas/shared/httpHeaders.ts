/**
 * Headers of every response, of functions and of API Gateway itself, after the OWASP Secure Headers Project's advice for APIs: HTTPS
 * only, for two years, as browsers' preload lists require (RFC 6797); no type guessing; no referrer.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** The header of a key, in lower case (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = 'idempotency-key';
/** Marks a response that was stored, as other APIs do. */
export const IDEMPOTENCY_REPLAYED = 'Idempotency-Replayed';
