import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';

/** Sends bytes over TLS, and returns what the server writes until it closes the connection. */
export async function sendLines(
  { url, ca }: { readonly url: string; readonly ca: string },
  lines: readonly string[],
): Promise<string> {
  const { port } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), servername: 'localhost', ca: readFileSync(ca) });
  await once(socket, 'secureConnect');
  socket.end(Buffer.from(lines.join('\r\n'), 'latin1'));
  return text(socket);
}
