/** URLs of the API in response headers, as a client of this machine reaches them. */
import type { DomainModel } from '../assembly/domainModel.ts';
import { LOCAL_NAMES, parseHost } from './hostHeader.ts';
import { hostOfName } from './tlsHosts.ts';

/** A host name of the API. */
export interface OwnName {
  readonly name: string;
  /** Whether its URLs are those of `localhost` with another host: not where a base path is in front. */
  readonly isWhole: boolean;
}

/** Where a response goes. */
export interface LocalAddress {
  readonly names: readonly OwnName[];
  /** The Host header of the request. */
  readonly host: string;
  /** Of the listener, which stands for 443. */
  readonly port: number;
}

type Headers = readonly (readonly [string, string])[];

/** Fields with a URL that clients follow, and what stands before it: RFC 9110, sections 10.2.2 and 8.7; RFC 8288, section 3; RFC 9728, section 5.1. */
const STARTS: Readonly<Record<string, string>> = {
  location: '^',
  'content-location': '^',
  link: '<',
  'www-authenticate': '="',
};
const PATTERNS = new Map(
  Object.entries(STARTS).map(([name, start]) => [
    name,
    new RegExp(`(?<=${start})https://(?<name>[a-z0-9.-]+)(?::443)?(?=[/?#">]|$)`, 'gi'),
  ]),
);

/**
 * A stack knows its names, and not the port of this machine: a URL of one gets the port. A client that calls `localhost` cannot resolve the
 * name, so it gets its own host. Bodies stay as they are.
 */
export function withLocalUrls(headers: Headers, address: LocalAddress): Headers {
  if (address.names.length === 0) return headers;
  return headers.map(([name, value]) => {
    const pattern = PATTERNS.get(name.toLowerCase());
    return pattern === undefined ? [name, value] : [name, replaced(value, pattern, address)];
  });
}

function replaced(value: string, pattern: RegExp, { names, host, port }: LocalAddress): string {
  const called = parseHost(host);
  const isLocal = called !== undefined && LOCAL_NAMES.includes(called.name);
  return value.replaceAll(pattern, (url, name: string) => {
    const own = hostOfName(names, name);
    if (own === undefined) return url;
    return `https://${isLocal && own.isWhole ? called.name : name}:${port}`;
  });
}

/** The domains that lead to an API. */
export function ownNames(domains: readonly DomainModel[]): readonly OwnName[] {
  return domains.map(({ name, targets }) => ({
    name,
    isWhole: targets.every(({ basePaths }) => basePaths === undefined),
  }));
}
