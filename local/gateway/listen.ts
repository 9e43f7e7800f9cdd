import type { Server } from 'node:net';

/** The gateway listens on no other address, so that nothing outside the machine reaches it. */
const LOOPBACK = '127.0.0.1';

/**
 * Listens on this machine alone.
 *
 * @throws {PortInUse}
 */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' ? new PortInUse(port, error) : error),
    );
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Another process listens on the port. */
export class PortInUse extends Error {
  readonly code = 'port-in-use';

  constructor(port: number, cause: Error) {
    super(`port-in-use: port ${port} is in use. Choose another with --port, or 0 for a free port.`, { cause });
    this.name = 'PortInUse';
  }
}
