import type { Check, Finding, HttpFacts, PlainHttp } from '../observe/facts.ts';
import { plainUrl } from '../observe/http.ts';
import { fault, hostAndPort } from './finding.ts';

/** Permanent or temporary, with or without the method: 303 and 300 lead elsewhere. */
const REDIRECTS: readonly number[] = [301, 302, 307, 308];
/** What servers send that reject plain HTTP: Bad Request of a TLS port, Forbidden of CloudFront, Misdirected, Upgrade Required. */
const REJECTIONS: readonly number[] = [400, 403, 421, 426];

/** Plain HTTP gets nothing: no connection, a rejection, or a redirect to the same URL over TLS. */
export const plainHttp: Check = ({ plain, url: wanted }) => {
  const url = plainUrl(wanted);
  return Object.entries(plain).flatMap(([port, result]) => {
    const found = wrong(result, url);
    return found === undefined ? [] : [answered(url, port, found)];
  });
};

function wrong(result: PlainHttp, url: URL): string | undefined {
  if (result.kind === 'closed') return undefined;
  if (result.kind === 'broken') return `responds to plain HTTP: ${result.reason}`;
  const { response } = result;
  const { status, headers } = response;
  const secrets = ['set-cookie', 'www-authenticate'].filter((name) => headers[name] !== undefined);
  if (secrets.length > 0) {
    return `responds to plain HTTP with status ${status} and ${secrets.join(' and ')}, so clients send a secret unencrypted`;
  }
  if (REJECTIONS.includes(status)) return undefined;
  if (!REDIRECTS.includes(status)) return `responds to plain HTTP with status ${status}`;
  const location = locationOf(response, url);
  return location === url.href
    ? undefined
    : `redirects plain HTTP to ${location?.slice(0, 200) ?? 'no URL'} (status ${status})`;
}

/** Relative locations stay on plain HTTP. */
function locationOf({ headers }: HttpFacts, url: URL): string | undefined {
  const [value = ''] = headers['location'] ?? [];
  const base = `http://${url.hostname}${url.pathname}${url.search}`;
  return URL.canParse(value, base) ? new URL(value, base).href : undefined;
}

function answered(url: URL, port: string, found: string): Finding {
  return fault('plain-http-answered', {
    found: `${hostAndPort(url, port)} ${found}`,
    expected: `a closed port, an error (status ${REJECTIONS.join(', ')}), or a redirect to ${url.href}`,
    fix: `Stop plain HTTP on port ${port}, or only redirect there: a client that uses http:// by mistake sends its token unencrypted.`,
  });
}
