import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { listen } from '../gateway/listen.ts';
import { closedDirectory } from '../services/files.ts';
import { lockData } from './dataLock.ts';

/**
 * Takes a data directory for {@link serve}, which is called after the function that is returned, so that a start that cannot succeed does not
 * begin with a synth.
 *
 * @returns a function that releases the directory
 * @example
 * ```ts
 * const release = await reserve({ data: '.secure-api', port: 8443 });
 * release();
 * const gateway = await serve({ assembly: 'cdk.out', data: '.secure-api', port: 8443 });
 * await gateway.close();
 * ```
 * @throws `data-in-use`; `port-in-use` when a process listens on the port now
 */
export async function reserve({ data, port }: { readonly data: string; readonly port: number }): Promise<() => void> {
  const release = lockData(realpathSync(closedDirectory(data)));
  try {
    if (port !== 0) await requireFree(port);
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

async function requireFree(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  const closed = once(server, 'close');
  server.close();
  await closed;
}
