import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { listenOnKeptPort } from '../../keptPort.ts';
import { createServer, LOOPBACK, shut } from '../../loopback.ts';
import { OPEN_METRICS_TYPE } from './render.ts';

const PATH = '/metrics';

/** Where a Prometheus on this machine reads the metrics. */
export interface MetricsEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the text of `render` on loopback. A scraper does not sign, so everybody on this machine can read the metrics, but no page of a
 * browser can: requests for another host (DNS rebinding) or from a page are rejected. The port stays the same over restarts when nothing else
 * took it, because scrapers have it in their configuration.
 */
export async function startMetricsEndpoint(data: string, render: () => string): Promise<MetricsEndpoint> {
  const server = createServer((request, response) => {
    const { status, body = '', headers = {} } = respond(request, render);
    send(request, response, { status, body, headers });
  });
  const port = await listenOnKeptPort(server, join(data, 'metrics-port'));
  return { url: `http://${LOOPBACK}:${port}${PATH}`, close: () => shut(server) };
}

interface MetricsResponse {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function respond(request: IncomingMessage, render: () => string): MetricsResponse {
  const { method = '', url = '', headers } = request;
  if (!isFromThisMachine(headers)) return { status: 403 };
  if (url.replace(/\?.*/s, '') !== PATH) return { status: 404 };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' } };
  return { status: 200, body: render(), headers: { 'content-type': OPEN_METRICS_TYPE } };
}

/** A person can open the page in a browser; the script of another page cannot. */
function isFromThisMachine({
  host = '',
  origin,
  'sec-fetch-site': site = 'none',
}: IncomingMessage['headers']): boolean {
  return origin === undefined && site === 'none' && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body = '', headers }: MetricsResponse,
): void {
  request.resume();
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
