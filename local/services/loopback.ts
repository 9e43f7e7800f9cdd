import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Readable } from 'node:stream';

/** Loaded without the client behind `fetch` (ADR 58). */
export const { createServer, request } = process.getBuiltinModule('node:http');

/** The only address that local services listen on: nothing outside the machine may reach them. */
export const LOOPBACK = '127.0.0.1';

/**
 * Listens on loopback.
 *
 * @param port 0 picks a free one
 * @returns the port in use
 * @throws the server's own error, such as `EADDRINUSE`
 */
export function listen(server: HttpServer | HttpsServer, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Stops a server at once: open keep-alive connections are cut, because their clients end with us. */
export function shut(server: HttpServer | HttpsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Reads a request's body as a string, up to `limit` bytes. The rest of a larger one is read and dropped, so that the client gets
 * its response and the connection can go on.
 *
 * @throws {RangeError}
 */
export async function readBody(request: Readable, limit: number): Promise<string> {
  return (await readBytes(request, limit)).toString('utf8');
}

/** The same as bytes. */
export async function readBytes(request: Readable, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) {
      // Not at once: a stream does not flow while it is iterated.
      setImmediate(() => request.resume());
      throw new RangeError(`the body is larger than ${limit} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
