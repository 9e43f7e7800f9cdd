import type { ServerResponse } from 'node:http';
import type { Server } from 'node:https';

/** Time for open requests to finish when the gateway closes. */
const GRACE_MS = 5_000;

/**
 * Closes idle connections at once, others with their response or when the time is over. The response says so where its headers
 * are not sent yet, so that the client sends no other request on a connection that closes.
 */
export function closer(server: Server) {
  const open = new Set<ServerResponse>();
  let closed: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const setLast = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  return {
    add: (response: ServerResponse): void => {
      open.add(response);
      if (closed !== undefined) setLast(response);
      response.once('close', () => {
        open.delete(response);
        if (closed !== undefined) server.closeIdleConnections();
      });
    },
    close: (graceMs = GRACE_MS): Promise<void> => {
      clearTimeout(timer);
      timer = setTimeout(() => server.closeAllConnections(), graceMs);
      for (const response of open) setLast(response);
      closed ??= new Promise((done) => {
        server.close(() => {
          clearTimeout(timer);
          done();
        });
      });
      server.closeIdleConnections();
      return closed;
    },
  };
}
