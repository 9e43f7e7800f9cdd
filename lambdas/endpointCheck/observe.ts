import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect, type SecureVersion, TLSSocket } from 'node:tls';
import { connectionFault } from '../shared/connectionFault.ts';
import { USER_AGENT } from './userAgent.ts';

/** An endpoint, and what it has to be. */
export interface Endpoint {
  readonly name: string;
  /** Path of the request; any status is right. */
  readonly path: string;
  /** The lowest version of TLS that it accepts. */
  readonly floor: '1.2' | '1.3';
}

/** How an endpoint is reached, where that is not by its name at port 443 with the CAs of Node.js. */
export interface Route {
  readonly address?: string;
  readonly port?: number;
  readonly ca?: string;
}

/** What a client sees. */
export interface Observation {
  /** Why the certificate is not trusted for the name. Undefined where it is. */
  readonly untrusted: string | undefined;
  readonly daysToExpiry: number;
  readonly hsts: string | undefined;
  /** Whether a version below the floor is accepted. */
  readonly acceptsOlder: boolean;
}

const TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;
/** The version below each floor. OpenSSL speaks 1.1 only at its lowest security level. */
const BELOW: Readonly<Record<Endpoint['floor'], SecureVersion>> = { '1.2': 'TLSv1.1', '1.3': 'TLSv1.2' };
const ANY_LEVEL = 'DEFAULT@SECLEVEL=0';

/**
 * Sends one request, and one hello with a version below the floor. No certificate ends the connection: what is wrong with it is part of
 * the result.
 *
 * @throws {Error} where the endpoint does not respond.
 */
export async function observe(endpoint: Endpoint, route: Route = {}): Promise<Observation> {
  const { socket, headers } = await respond(endpoint, route);
  return {
    untrusted: socket.authorized ? undefined : connectionFault(socket.authorizationError),
    daysToExpiry: (Date.parse(socket.validTo) - Date.now()) / DAY_MS,
    hsts: headers['strict-transport-security'],
    acceptsOlder: await acceptsOlder(endpoint, route),
  };
}

interface Responded {
  readonly socket: {
    readonly authorized: boolean;
    readonly authorizationError: unknown;
    readonly validTo: string;
  };
  readonly headers: IncomingHttpHeaders;
}

function respond({ name, path }: Endpoint, { address = name, port = 443, ca }: Route): Promise<Responded> {
  return new Promise((done, fail) => {
    const sent = request({
      host: address,
      port,
      path,
      servername: name,
      headers: { host: name, 'user-agent': USER_AGENT },
      agent: false,
      timeout: TIMEOUT_MS,
      // Judged below: a certificate that lapsed is a finding, not an endpoint that does not respond.
      rejectUnauthorized: false,
      ...(ca === undefined ? {} : { ca }),
    });
    sent.on('timeout', () => sent.destroy(new Error(`no response in ${TIMEOUT_MS} ms`)));
    sent.on('error', fail);
    sent.on('response', (response) => {
      const { socket } = response;
      if (!(socket instanceof TLSSocket)) return void sent.destroy(new Error('the response came without TLS'));
      const { authorized, authorizationError } = socket;
      const { valid_to: validTo } = socket.getPeerCertificate();
      done({ socket: { authorized, authorizationError, validTo }, headers: response.headers });
      response.destroy();
    });
    sent.end();
  });
}

function acceptsOlder({ name, floor }: Endpoint, { address = name, port = 443 }: Route): Promise<boolean> {
  return new Promise((done) => {
    const version = BELOW[floor];
    const socket = connect({
      host: address,
      port,
      servername: name,
      minVersion: version,
      maxVersion: version,
      ciphers: ANY_LEVEL,
      rejectUnauthorized: false,
    });
    const end = (accepted: boolean): void => {
      socket.destroy();
      done(accepted);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(false));
    socket.on('secureConnect', () => end(true));
    socket.on('error', () => end(false));
  });
}
