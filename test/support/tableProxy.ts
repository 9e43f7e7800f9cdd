/** A proxy in front of a local DynamoDB, on which writes and responses are lost as a test asks. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What happens to a request: it gets through, is rejected, or takes effect and its response is lost. */
export type Passage = 'through' | 'rejected' | 'response-lost';

export interface TableProxy {
  readonly url: string;
  /** Decides on each request by its operation, such as `PutItem`, and its body. */
  passage: (operation: string, body: string) => Passage;
  /** Waits before a request is passed on. */
  hold?: ((operation: string) => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** Starts it on loopback. The host of the request is kept, because it is signed. */
export async function startTableProxy(target: string): Promise<TableProxy> {
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    await proxy.hold?.(operation);
    const passage = proxy.passage(operation, body.toString());
    if (passage === 'rejected') {
      outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end('{"__type":"com.amazonaws.dynamodb#AccessDeniedException"}');
      return;
    }
    const { hostname, port } = new URL(target);
    const forwarded = request({ hostname, port, method: 'POST', path: incoming.url, headers: incoming.headers });
    forwarded.on('response', async (response) => {
      const received = await buffer(response);
      if (passage === 'response-lost') incoming.socket.destroy();
      else outgoing.writeHead(response.statusCode ?? 500, response.headers).end(received);
    });
    forwarded.on('error', () => incoming.socket.destroy());
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: TableProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passage: () => 'through',
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return proxy;
}
