import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { progress } from '../output.ts';

/** A server on the first free port of the registered callbacks. */
export interface Loopback {
  readonly redirectUri: string;
  close(): void;
}

const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
};
/** A request has nothing but its first line and headers. */
const REQUEST_TIMEOUT_MS = 5_000;
const CLOSE_MS = 500;

/**
 * Listens for the redirect of the sign-in page (RFC 8252, section 7.3), on the loopback alone. The URL has to be a registered one, its
 * port included, so the next callback is used when its port is taken.
 *
 * @param take Returns whether the response belongs to the request; others get 400 and change nothing.
 * @returns undefined when every port is taken.
 */
export async function listenOnLoopback(
  callbackUrls: readonly string[],
  take: (response: URLSearchParams) => boolean,
): Promise<Loopback | undefined> {
  for (const redirectUri of callbackUrls) {
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, respond(redirectUri, take));
    const fault = await listen(server, redirectUri);
    if (fault === undefined) return { redirectUri, close: () => close(server) };
    progress(`The port of ${redirectUri} cannot be used (${fault}).`);
  }
  return undefined;
}

function respond(redirectUri: string, take: (response: URLSearchParams) => boolean) {
  const { pathname } = new URL(redirectUri);
  return (request: IncomingMessage, response: ServerResponse) => {
    const url = URL.parse(request.url ?? '', redirectUri);
    const isCallback = request.method === 'GET' && url?.pathname === pathname;
    if (!isCallback) page(response, 404, 'There is nothing here.');
    else if (take(url.searchParams)) page(response, 200, 'You can close this window and return to the terminal.');
    else page(response, 400, 'This is not the sign-in that the terminal waits for.');
  };
}

function page(response: ServerResponse, status: number, text: string): void {
  const body = `<!doctype html><html lang="en"><title>secure-api</title><p>${text}</p></html>`;
  response.writeHead(status, PAGE_HEADERS).end(body);
}

/** The code of the error, or undefined when the server listens. */
function listen(server: Server, redirectUri: string): Promise<string | undefined> {
  const { hostname, port } = new URL(redirectUri);
  return new Promise((done) => {
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'error'));
    // Exclusive: on some systems a second server could otherwise share the port.
    server.listen({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || '80'), exclusive: true }, () => {
      done(undefined);
    });
  });
}

/** Browsers open connections in advance, which would keep the process. The page that was just sent gets a moment. */
function close(server: Server): void {
  server.close();
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref();
}
