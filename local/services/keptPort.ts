import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { readIfPresent, writePrivateFile } from './files.ts';
import { listen } from './loopback.ts';

/**
 * Listens on the port of the last run, which `file` has, when nothing else took it; others have it in their configuration or their tokens.
 *
 * @param wanted 0 takes the kept one, or any that is free
 * @throws when the wanted port is in use
 */
export async function listenOnKeptPort(server: HttpServer | HttpsServer, file: string, wanted = 0): Promise<number> {
  const kept = wanted === 0 ? Number(readIfPresent(file)) || 0 : wanted;
  const port = await listen(server, kept).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || wanted !== 0) throw error;
    return listen(server, 0);
  });
  if (port !== kept) writePrivateFile(file, String(port));
  return port;
}
