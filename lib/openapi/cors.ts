import {
  ALLOW_ORIGIN,
  ALLOWED_ORIGIN_HEADER,
  type CorsPolicy,
  commonCorsHeaders,
  fixedOrigin,
} from '../../lambdas/shared/cors.ts';
import { IDEMPOTENCY_REPLAYED, TRACE_RESPONSE_HEADERS } from '../../lambdas/shared/httpHeaders.ts';
import { hasCaller } from '../definition/access.ts';
import type { Api } from '../definition/api.ts';
import { staticValues } from './gatewayHeaders.ts';

/** The policy of an API for pages of other origins. Origins may be CDK tokens. */
export interface CorsBinding extends CorsPolicy {
  /** Seconds that browsers keep the result of a preflight. */
  readonly maxAgeSeconds: number;
  /** Request headers besides those that the routes read. */
  readonly allowHeaders: readonly string[];
}

/** What every function and every gateway response can send. */
const ALWAYS_SENT = ['Retry-After', 'RateLimit', 'RateLimit-Policy', ...TRACE_RESPONSE_HEADERS];
/** Of routes that need a token: of API Gateway, and of functions, whose header API Gateway renames. */
const CHALLENGE = ['WWW-Authenticate', 'x-amzn-Remapped-WWW-Authenticate'];
/** Of routes that are deprecated (RFC 9745, RFC 8594). */
const OF_DEPRECATED = ['Deprecation', 'Sunset', 'Link'];
/** Scripts read these in any case: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const SAFELISTED =
  /^(?:cache-control|content-language|content-length|content-type|expires|last-modified|pragma|set-cookie2?)$/;

/** The response headers that an API sends and scripts can read: those that its routes declare and those that the gateway adds. */
export function exposedHeaders(api: Api, more: readonly string[]): readonly string[] {
  const routes = Object.values(api.routes);
  const declared = routes.flatMap(({ responses }) => responses.flatMap(({ headers }) => Object.keys(headers)));
  const challenge = routes.some(({ access }) => hasCaller(access)) ? CHALLENGE : [];
  const replayed = routes.some(({ idempotency }) => idempotency !== undefined) ? [IDEMPOTENCY_REPLAYED] : [];
  const deprecated = routes.some((route) => route.deprecated !== undefined);
  const all = [...ALWAYS_SENT, ...challenge, ...replayed, ...(deprecated ? OF_DEPRECATED : []), ...declared, ...more];
  return onceEach(all).filter((name) => !SAFELISTED.test(name.toLowerCase()));
}

/**
 * Headers of gateway responses, as mapping expressions. With several origins the web ACL has put the one to allow into a header
 * of the request; where it blocks the request it has not, so its own response has the first origin.
 */
export function gatewayCorsHeaders(cors: CorsBinding, type: string): Readonly<Record<string, string>> {
  const fixed = fixedOrigin(cors) ?? (type === 'WAF_FILTERED' ? cors.origins[0] : undefined);
  const { prefix, name } = ALLOWED_ORIGIN_HEADER;
  const origin = fixed === undefined ? `method.request.header.${prefix}${name}` : `'${fixed}'`;
  return { [ALLOW_ORIGIN]: origin, ...staticValues(commonCorsHeaders(cors)) };
}

/** Names without those that differ from an earlier one in case alone. */
export function onceEach(names: readonly string[]): readonly string[] {
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((_, i) => lower.indexOf(lower[i] ?? '') === i);
}
