/**
 * A bounded load generator in its own process: `node bench/load.ts <port> <caFile> <connections> <seconds> <path>`.
 * Prints `{ "perSecond", "p99ms" }`. It speaks HTTP/1.1 over bare TLS sockets, one request at a time on each, because
 * an HTTP client would cost more than the servers that are compared.
 */
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';

const HEAD_END = '\r\n\r\n';

interface Load {
  readonly port: number;
  readonly ca: string;
  readonly connections: number;
  readonly seconds: number;
  readonly path: string;
}

async function run(load: Load): Promise<{ perSecond: number; p99ms: number }> {
  const latencies: number[] = [];
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load)));
  const end = performance.now() + load.seconds * 1000;
  await Promise.all(sockets.map((socket) => ask(socket, load, end, latencies)));
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / load.seconds,
    p99ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
  };
}

function open(load: Load): Promise<TLSSocket> {
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port: load.port, servername: 'localhost', ca: readFileSync(load.ca) });
    socket.once('secureConnect', () => done(socket.setNoDelay(true)));
    socket.once('error', fail);
  });
}

/** Asks again as soon as a response is complete, until the time is up. */
function ask(socket: TLSSocket, load: Load, end: number, latencies: number[]): Promise<void> {
  const request = `GET ${load.path} HTTP/1.1\r\nHost: localhost:${load.port}\r\n\r\n`;
  return new Promise((done, fail) => {
    let received = '';
    let sent = performance.now();
    socket.on('error', fail);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const length = answerLength(received);
      if (length === undefined || received.length < length) return;
      if (!received.startsWith('HTTP/1.1 200')) return fail(new Error(received.split('\r\n')[0]));
      received = received.slice(length);
      const now = performance.now();
      latencies.push(now - sent);
      if (now >= end) {
        socket.destroy();
        return done();
      }
      sent = now;
      socket.write(request);
    });
    socket.write(request);
  });
}

function answerLength(text: string): number | undefined {
  const head = text.indexOf(HEAD_END);
  if (head < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1];
  return length === undefined ? undefined : head + HEAD_END.length + Number(length);
}

const [port, ca = '', connections, seconds, path = '/'] = process.argv.slice(2);
const result = await run({ port: Number(port), ca, connections: Number(connections), seconds: Number(seconds), path });
process.stdout.write(`${JSON.stringify(result)}\n`);
