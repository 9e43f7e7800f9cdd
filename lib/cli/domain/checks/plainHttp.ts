import type { Check, Finding, HttpFacts, PlainHttp } from '../observe/facts.ts';
import { fault } from './finding.ts';

/** Permanent or temporary, with or without the method: 303 and 300 lead elsewhere. */
const REDIRECTS: readonly number[] = [301, 302, 307, 308];
/** What servers send who reject plain HTTP: Bad Request of a TLS port, Forbidden of CloudFront, Misdirected, Upgrade Required. */
const REJECTIONS: readonly number[] = [400, 403, 421, 426];

/** Plain HTTP gets nothing: no connection, a rejection, or a redirect to the same URL over TLS. */
export const plainHttp: Check = ({ plain, url }) =>
  Object.entries(plain).flatMap(([port, result]) => {
    const found = wrong(result, url);
    return found === undefined ? [] : [answered(port, found)];
  });

function wrong(result: PlainHttp, url: URL): string | undefined {
  if (result.kind === 'closed') return undefined;
  if (result.kind === 'broken') return `an HTTP response with ${result.reason}`;
  const { response } = result;
  const { status, headers } = response;
  const secrets = ['set-cookie', 'www-authenticate'].filter((name) => headers[name] !== undefined);
  if (secrets.length > 0) return `status ${status} with ${secrets.join(' and ')}, which clients answer with a secret`;
  if (REJECTIONS.includes(status)) return undefined;
  if (!REDIRECTS.includes(status)) return `a response of status ${status}`;
  const location = locationOf(response, url);
  return location === url.href ? undefined : `a redirect (${status}) to ${location?.slice(0, 200) ?? 'nowhere'}`;
}

/** Relative locations stay on plain HTTP. */
function locationOf({ headers }: HttpFacts, url: URL): string | undefined {
  const [value = ''] = headers['location'] ?? [];
  const base = `http://${url.hostname}${url.pathname}${url.search}`;
  return URL.canParse(value, base) ? new URL(value, base).href : undefined;
}

function answered(port: string, found: string): Finding {
  return fault('plain-http-answered', {
    found: `${found} by plain HTTP on port ${port}`,
    expected: `no listener, a rejection (${REJECTIONS.join(', ')}), or a redirect to the same URL over TLS`,
    fix: 'Close the port, or let it only redirect: the first request has already sent its token in clear.',
  });
}
