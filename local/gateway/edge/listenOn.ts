import type { Server } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Listens on loopback, on a free port where the wanted one is in use. @returns the port */
export function listenOn(server: Server, wanted: number): Promise<number> {
  const listen = (port: number) =>
    new Promise<number>((done, fail) => {
      server.once('error', fail);
      server.listen(port, LOOPBACK, () => {
        server.removeListener('error', fail);
        const address = server.address();
        done(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  return listen(wanted).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || wanted === 0) throw error;
    return listen(0);
  });
}
