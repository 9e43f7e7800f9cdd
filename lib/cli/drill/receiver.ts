import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook on this machine. */
export interface Receiver {
  readonly url: string;
  /** The messages about an alarm so far, with their statuses: `firing`, `resolved`. */
  messages(alarm: string): readonly AlarmMessage[];
  /** How many messages without a state arrived so far. */
  notices(): number;
  close(): Promise<void>;
}

/** A message about a change of an alarm. */
interface AlarmMessage {
  readonly status: string;
  /** Of the change: ISO 8601, simulated time. */
  readonly at: string;
}

interface Message {
  readonly data?: { readonly alarm?: unknown; readonly status?: unknown; readonly at?: unknown };
}

/** Receives what the notifier of the stack sends. */
export async function startReceiver(): Promise<Receiver> {
  const received: Message[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    try {
      received.push(JSON.parse(body) as Message);
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/alarms`,
    messages: (alarm) =>
      received.flatMap(({ data }) =>
        data?.alarm === alarm ? [{ status: String(data.status), at: String(data.at) }] : [],
      ),
    notices: () => received.filter(({ data }) => data?.status === 'notice').length,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
