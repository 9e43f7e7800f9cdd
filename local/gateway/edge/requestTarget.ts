/** The path and query of a request to a distribution, whose target can be a whole URL. */
import { parseHost, type RequestHost } from '../hostHeader.ts';
import { absoluteForm } from '../httpMessage.ts';

/** Without a port, a URL means that of its scheme (RFC 9110, section 4.2). */
const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/**
 * The path and query as they were sent. Whether CloudFront takes `*` is not documented; a function gets a path in any case, so it is none.
 *
 * @param scheme that of the listener
 * @returns undefined for a target without a path, and for a URL of another scheme or host than those of the request
 */
export function targetOf(url: string, scheme: 'http' | 'https', host: RequestHost): string | undefined {
  if (url.startsWith('/')) return url;
  const absolute = absoluteForm(url);
  if (absolute?.scheme !== scheme) return undefined;
  const named = parseHost(absolute.authority);
  const portOf = ({ port }: RequestHost) => port || DEFAULT_PORTS[scheme];
  return named?.name === host.name && portOf(named) === portOf(host) ? absolute.target : undefined;
}
