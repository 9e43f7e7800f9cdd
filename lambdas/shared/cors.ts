/** Cross-origin requests of browsers (Fetch Standard, section 3.2): one policy, which runtime, gateway and web ACL send. */

/** What pages of other origins can read. */
export interface CorsPolicy {
  /** Origins as browsers send them, such as `https://app.example.com`; or {@link ANY_ORIGIN} alone. */
  readonly origins: readonly string[];
  /** Whether browsers send cookies, and show the response to a request that had some. */
  readonly credentials: boolean;
  /** Names of the response headers that scripts can read. */
  readonly exposeHeaders: readonly string[];
}

/** Every origin. With credentials it would be the literal name of an origin, so the two exclude each other. */
export const ANY_ORIGIN = '*';

export const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/**
 * The request header in which the web ACL passes on the origin that gateway responses allow: the request's, if it is listed, and
 * else the first of the list. WAF overwrites what a client sends under this name, and adds the prefix itself.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-incoming-request.html
 */
export const ALLOWED_ORIGIN_HEADER = { prefix: 'x-amzn-waf-', name: 'allowed-origin' } as const;

/** The value that every response has; undefined where it depends on the request. */
export function fixedOrigin({ origins }: Pick<CorsPolicy, 'origins'>): string | undefined {
  return origins.length === 1 ? origins[0] : undefined;
}

/**
 * The origin that the response to a request allows. With one origin it is the same for every request; with several it is the
 * request's own, compared as a whole, or undefined: no other value is ever sent.
 */
export function allowedOrigin(policy: CorsPolicy, sent: readonly string[]): string | undefined {
  const fixed = fixedOrigin(policy);
  if (fixed !== undefined) return fixed;
  const [origin] = sent;
  return sent.length === 1 ? policy.origins.find((listed) => listed === origin) : undefined;
}

/** The headers of a response, besides the allowed origin. */
export function commonCorsHeaders({
  origins,
  credentials,
  exposeHeaders,
}: CorsPolicy): Readonly<Record<string, string>> {
  return {
    ...(credentials ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    ...(exposeHeaders.length === 0 ? {} : { 'Access-Control-Expose-Headers': exposeHeaders.join(', ') }),
    // A cache must not give one page the response to another.
    ...(origins.includes(ANY_ORIGIN) ? {} : { Vary: 'Origin' }),
  };
}
