import { ALLOW_ORIGIN, type CorsPolicy, commonCorsHeaders } from '../../../lambdas/shared/cors.ts';
import { NOT_CACHED, securityHeaders } from '../../../lambdas/shared/httpHeaders.ts';
import type { ResponseHeader } from './rules.ts';

/** Headers of a response, and of all responses of a web ACL. https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const MOST_OF_A_RESPONSE = 10;
const MOST_OF_A_WEB_ACL = 100;
/** `Retry-After`, which a response can have besides. */
const OWN = 1;

/**
 * The headers of the web ACL's own responses. They are fixed: with several origins only pages of the first can read them. A value
 * has at most 255 characters, so they expose what they send and nothing else. Of the security headers, the first ones that WAF has room for.
 *
 * @param responses how many responses the web ACL has
 */
export function blockHeaders(
  { cors, hstsPreload }: { readonly cors?: CorsPolicy; readonly hstsPreload: boolean },
  responses: number,
): readonly ResponseHeader[] {
  const most = Math.min(MOST_OF_A_RESPONSE, Math.floor(MOST_OF_A_WEB_ACL / Math.max(1, responses))) - OWN;
  const headers = { ...NOT_CACHED, ...corsHeaders(cors), ...securityHeaders({ hstsPreload }) };
  return Object.entries(headers)
    .slice(0, most)
    .map(([name, value]) => ({ name, value }));
}

function corsHeaders(cors: CorsPolicy | undefined): Readonly<Record<string, string>> {
  const [origin] = cors?.origins ?? [];
  if (cors === undefined || origin === undefined) return {};
  return { [ALLOW_ORIGIN]: origin, ...commonCorsHeaders({ ...cors, exposeHeaders: ['Retry-After'] }) };
}
