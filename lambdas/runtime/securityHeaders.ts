/** Two years, as browsers' preload lists require (RFC 6797). */
const HSTS = 'max-age=63072000; includeSubDomains';

/**
 * Headers of every response, after the OWASP Secure Headers Project's advice for APIs: HTTPS only, no type guessing,
 * nothing may be loaded or framed, nothing is cached (a route that declares `Cache-Control` may say otherwise).
 */
export function securityHeaders(): Readonly<Record<string, string>> {
  return {
    'strict-transport-security': HSTS,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}
