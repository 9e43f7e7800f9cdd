import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import Provider, { type Client } from 'oidc-provider';
import { readIfPresent, writePrivateFile } from '../files.ts';
import { listen, shut } from '../loopback.ts';
import { isLoopbackRedirect, LOCAL_APP } from './clients.ts';
import { providerConfiguration } from './configuration.ts';
import { createIdentities } from './identities.ts';
import type { IdentityOptions } from './identity.ts';
import { createInteractions, type InteractionHandler } from './interaction.ts';
import { contentSecurityPolicy } from './pages.ts';
import { adminSecret, issuerKeys } from './secretsOnDisk.ts';
import { openState } from './state.ts';

/** A certificate for `localhost` and its key, both PEM. */
interface IssuerTls {
  readonly cert: string;
  readonly key: string;
}

export interface IssuerOptions {
  readonly data: string;
  readonly tls: IssuerTls;
  /** 0, the default, takes the port of the last run when it is free, else any. */
  readonly port?: number;
  readonly identity: IdentityOptions;
  readonly print: (line: string) => void;
}

/** A running issuer. */
export interface Issuer {
  /** The issuer identifier, `https://localhost:<port>`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the embedded OpenID Connect issuer over HTTPS on loopback.
 *
 * @throws when the given port is in use, or the certificate is not usable
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { data, identity } = options;
  let handle: InteractionHandler = async (_, response) => void response.writeHead(503).end();
  const server = createServer({ ...options.tls, minVersion: 'TLSv1.3' }, (request, response) => {
    setHeaders(response);
    handle(request, response).catch((error: unknown) => fail(response, error, options.print));
  });
  const port = await listenOnKeptPort(server, data, options.port ?? 0);
  try {
    const url = `https://localhost:${port}`;
    const state = openState(data);
    const identities = createIdentities(state);
    const parts = { keys: issuerKeys(data), admin: adminSecret(data), state, identity, identities };
    const provider = createProvider(url, providerConfiguration(parts), options.print);
    handle = route(provider.callback(), createInteractions(provider, identity, identities));
    return {
      url,
      async close() {
        await shut(server);
        await state.close();
      },
    };
  } catch (error) {
    await shut(server);
    throw error;
  }
}

function createProvider(
  url: string,
  configuration: Readonly<Record<string, unknown>>,
  print: (line: string) => void,
): Provider {
  const provider = new Provider(url, configuration);
  provider.silent = true;
  provider.on('server_error', (_, error) => print(`issuer: ${error.name}: ${error.message}`));
  const registered = provider.Client.prototype.redirectUriAllowed;
  provider.Client.prototype.redirectUriAllowed = function (this: Client, uri: string): boolean {
    return this.clientId === LOCAL_APP ? isLoopbackRedirect(uri) : registered.call(this, uri);
  };
  return provider;
}

function route(provider: InteractionHandler, interactions: InteractionHandler): InteractionHandler {
  const isInteraction = (request: IncomingMessage) =>
    ['GET', 'POST'].includes(request.method ?? '') && /^\/interaction\/[\w-]+$/.test(request.url ?? '');
  return (request, response) => (isInteraction(request) ? interactions : provider)(request, response);
}

/** Headers of every answer; the sign-in page sets its own policy. */
function setHeaders(response: ServerResponse): void {
  response.setHeader('content-security-policy', contentSecurityPolicy());
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
}

function fail(response: ServerResponse, error: unknown, print: (line: string) => void): void {
  print(`issuer: ${error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error'}`);
  if (!response.headersSent) response.writeHead(error instanceof RangeError ? 413 : 500);
  response.end();
}

/** The issuer is part of every token, so its port stays the same over restarts when nothing else took it. */
async function listenOnKeptPort(server: Server, data: string, wanted: number): Promise<number> {
  const path = join(data, 'issuer', 'port');
  const kept = wanted === 0 ? Number(readIfPresent(path)) || 0 : wanted;
  const port = await listen(server, kept).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    if (wanted !== 0) throw new Error(`the issuer's port ${wanted} is in use`, { cause: error });
    return listen(server, 0);
  });
  if (port !== kept) writePrivateFile(path, String(port));
  return port;
}
