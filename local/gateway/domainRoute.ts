/** Where a request to a custom domain name goes. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { DomainModel, DomainTarget } from '../assembly/domainModel.ts';
import { originForm } from './httpMessage.ts';
import { hostOfName } from './tlsHosts.ts';

/** What of a request decides on its domain and route. */
type RoutedMessage = Pick<IncomingMessage, 'headers' | 'url'>;

/** The API of a request, and the path that it sees there. */
export interface DomainRoute {
  readonly apiId: string;
  /** Without the query. */
  readonly path: string;
}

/** The domain that the Host header names. */
export function domainOf(domains: readonly DomainModel[], request: RoutedMessage): DomainModel | undefined {
  return domains.length === 0 ? undefined : hostOfName(domains, hostName(request));
}

/** The host of a request in lower case, without its port. */
function hostName({ headers: { host = '' } }: RoutedMessage): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

/**
 * Whether the connection was made for the host of the request. `STRICT` access mode compares them ("SNI host matching"), and a domain with
 * mutual TLS is reached by no other connection. A connection without a name, or for `localhost`, is for the hosts of this machine.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html#apigateway-security-policies-endpoint-access-mode
 */
export function isOfConnection(domains: readonly DomainModel[], request: IncomingMessage): boolean {
  if (domains.length === 0) return true;
  const servername = request.socket instanceof TLSSocket ? servernameOf(request.socket) : '';
  const [wanted, connected] = [domainOf(domains, request), hostOfName(domains, servername)];
  if (wanted === undefined && connected === undefined) return true;
  const isChecked = [wanted, connected].some((domain) => domain?.isStrict || domain?.trustStore !== undefined);
  return !isChecked || servername === hostName(request);
}

/** The name of a connection (SNI) in lower case; empty when the client sent none. */
function servernameOf(socket: TLSSocket & { readonly servername?: string | false | null }): string {
  return (socket.servername || '').toLowerCase();
}

/** The first rule or mapping that matches; undefined where none does, which API Gateway responds to with 403. */
export function routeOf({ targets }: DomainModel, request: RoutedMessage): DomainRoute | undefined {
  const [path = ''] = originForm(request).split('?');
  for (const target of targets) {
    const basePath = basePathOf(target, path);
    if (basePath === undefined || !target.headers.every((any) => any.some((one) => matches(one, request)))) continue;
    const rest = target.stripsBasePath ? path.slice(basePath.length) : path;
    return { apiId: target.apiId, path: rest.startsWith('/') ? rest : `/${rest}` };
  }
  return undefined;
}

/** The base path of a path, with its slash; empty where any path matches. */
function basePathOf({ basePaths }: DomainTarget, path: string): string | undefined {
  if (basePaths === undefined) return '';
  return basePaths.map((base) => `/${base}`).find((base) => path === base || path.startsWith(`${base}/`));
}

function matches({ header, glob }: DomainTarget['headers'][number][number], { headers }: RoutedMessage): boolean {
  const value = headers[header];
  const pattern = new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
  return value !== undefined && pattern.test(String(value));
}
