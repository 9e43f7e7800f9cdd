import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listenOnKeptPort } from '../keptPort.ts';
import { shut } from '../loopback.ts';
import { adminSecret } from './adminSecret.ts';
import type { InteractionHandler } from './interaction.ts';
import { type KeyRing, openKeys } from './keyRing.ts';
import { createKeysEndpoint, KEYS_PATH } from './keysEndpoint.ts';
import { contentSecurityPolicy } from './pages.ts';
import type { PreToken } from './preToken.ts';
import { createRoleAssignments } from './roleAssignment.ts';
import { type IssuerState, openState } from './state.ts';
import type { TokenSettings } from './tokenSettings.ts';

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
  readonly tokenSettings: TokenSettings;
  /** Default: no user pool has a trigger. */
  readonly preToken?: PreToken;
  readonly print: (line: string) => void;
}

/** A running issuer. */
export interface Issuer {
  /** The issuer identifier, `https://localhost:<port>`. */
  readonly url: string;
  /** Makes the keys that other settings need. Tokens follow these settings once the returned function is called. */
  prepare(tokenSettings: TokenSettings): Promise<() => void>;
  /** For new connections. */
  setTls(tls: IssuerTls): void;
  close(): Promise<void>;
}

/**
 * Starts the embedded OpenID Connect issuer over HTTPS on loopback.
 *
 * @throws when the given port is in use, or the certificate is not usable
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { data, print } = options;
  let handle: InteractionHandler = async (_, response) => void response.writeHead(503).end();
  const server = createServer({ ...options.tls, minVersion: 'TLSv1.3' }, (request, response) => {
    setHeaders(response);
    handle(request, response).catch((error: unknown) => fail(response, error, print));
  });
  const port = await listenOnIssuerPort(server, data, options.port ?? 0);
  try {
    const url = `https://localhost:${port}`;
    const state = openState(data);
    const keys = await openKeys(data, algorithmsOf(options.tokenSettings));
    const issuer = issuerHandler(url, state, keys, options);
    handle = issuer.handle;
    return {
      url,
      async prepare(tokenSettings) {
        await keys.add(algorithmsOf(tokenSettings));
        return () => {
          keys.use(algorithmsOf(tokenSettings));
          issuer.update(tokenSettings);
        };
      },
      setTls: (tls) => server.setSecureContext({ ...tls, minVersion: 'TLSv1.3' }),
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

function algorithmsOf({ targets }: TokenSettings): readonly string[] {
  return targets.flatMap(({ algorithms }) => algorithms);
}

/** The provider, its pages, and the admin endpoint. */
function issuerHandler(
  url: string,
  state: IssuerState,
  keys: KeyRing,
  { data, tokenSettings, print, preToken = async () => undefined }: IssuerOptions,
): { readonly handle: InteractionHandler; update(tokenSettings: TokenSettings): void } {
  const admin = adminSecret(data);
  const roleAssignments = createRoleAssignments(state);
  let parts = { url, data, keys, admin, state, tokenSettings, roleAssignments, preToken, print };
  // Its libraries take a tenth of the time and of the memory of a start, and many starts issue no token.
  const loadProvider = onFirstUse(async () => (await import('./provider.ts')).providerHandler(() => parts));
  const provider: InteractionHandler = async (request, response) => (await loadProvider())(request, response);
  const administer = createKeysEndpoint(keys, admin);
  return {
    handle: (request, response) => (request.url === KEYS_PATH ? administer : provider)(request, response),
    update(next) {
      if (!isDeepStrictEqual(parts.tokenSettings, next)) parts = { ...parts, tokenSettings: next };
    },
  };
}

/** Makes something when it is used first; a fault is not kept. */
function onFirstUse<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Headers of every response; the sign-in page sets its own policy. */
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
async function listenOnIssuerPort(server: Server, data: string, wanted: number): Promise<number> {
  return listenOnKeptPort(server, join(data, 'issuer', 'port'), wanted).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || wanted === 0) throw error;
    throw new Error(`the issuer's port ${wanted} is in use`, { cause: error });
  });
}
