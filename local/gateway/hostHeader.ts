/** The Host header of a request (RFC 9110, section 7.2; RFC 9112, section 3.2). */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { remembered } from '../assembly/remembered.ts';

/** What a Host header names. */
export interface RequestHost {
  /** In lower case; an IPv6 address with its brackets. */
  readonly name: string;
  /** Without a number, empty. */
  readonly port: string;
}

/** A name or an address in brackets (RFC 3986, section 3.2.2); no user name, and an optional port. */
const HOST = /^(?<name>[\w.-]+|\[(?<address>[\dA-F:.]+)\])(?::(?<port>\d*))?$/i;
/** RFC 1035, section 2.3.4, with the underscore of names that are no host names (RFC 8552). */
const LABEL = /^[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/i;
const MAX_NAME = 253;
const MAX_PORT = 65_535;

/** The names of this machine, which stand for the address that AWS gives an endpoint. */
export const LOCAL_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Reads the host of a request. Where there is not exactly one, or it is none, `detail` names the rule, never a part of the request. */
export function hostOfRequest({
  rawHeaders,
}: Pick<IncomingMessage, 'rawHeaders'>): RequestHost | { readonly detail: string } {
  let count = 0;
  let value = '';
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    count += 1;
    value = rawHeaders[i + 1] ?? '';
  }
  if (count !== 1) return { detail: `the request has ${count === 0 ? 'no' : 'more than one'} Host header` };
  return parseHost(value) ?? { detail: 'the Host header is not a host and a port' };
}

/** A host with an optional port; undefined for anything else. */
export const parseHost = remembered((value): RequestHost | undefined => {
  const { name, address, port = '' } = HOST.exec(value)?.groups ?? {};
  if (name === undefined || Number(port) > MAX_PORT) return undefined;
  if (address === undefined ? !isHostName(name) : !isIPv6(address)) return undefined;
  return { name: name.toLowerCase(), port };
});

/** Whether a name can be that of a host: a client can send any bytes as `Host` and in the handshake, and a wildcard covers host names alone. An
 * absolute name ends with a dot. */
export function isHostName(name: string): boolean {
  const relative = name.replace(/\.$/, '');
  return relative.length <= MAX_NAME && relative.split('.').every((label) => LABEL.test(label));
}
