import type { DeprecationHeaders } from '../../lib/definition/bundledTypes.ts';
import type { ProxyResult } from './event.ts';

/**
 * Announces the deprecation of a route in a response, whatever its status: a client learns of it also from a rejection. Links of
 * the handler stay (RFC 8288, section 3: one field can hold several links).
 */
export function announceDeprecation(result: ProxyResult, announced: DeprecationHeaders | undefined): ProxyResult {
  if (announced === undefined) return result;
  const { link, ...dates } = announced;
  const headers: Readonly<Record<string, string>> = { ...result.headers, ...dates };
  if (link === undefined) return { ...result, headers };
  const several = result.multiValueHeaders?.['link'];
  if (several !== undefined) {
    return { ...result, headers, multiValueHeaders: { ...result.multiValueHeaders, link: [...several, link] } };
  }
  const own = headers['link'];
  return { ...result, headers: { ...headers, link: own === undefined || own === '' ? link : `${own}, ${link}` } };
}
