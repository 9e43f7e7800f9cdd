import { SECURITY_HEADERS } from '../shared/httpHeaders.ts';

/**
 * Headers of every response of a function, in lower case: nothing is loaded or framed, and nothing is cached, unless a route declares
 * `Cache-Control`.
 */
export function securityHeaders(): Readonly<Record<string, string>> {
  return {
    ...GENERAL,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  };
}

const GENERAL = Object.fromEntries(
  Object.entries(SECURITY_HEADERS).map(([name, value]) => [name.toLowerCase(), value]),
);
