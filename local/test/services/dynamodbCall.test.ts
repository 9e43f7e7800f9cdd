import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { dynamoDbCall } from '../../services/dynamodb/call.ts';

const access = { credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, region: 'eu-central-1' };
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n';
const server = createServer();
const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
afterEach(() => {
  process.off('uncaughtException', note);
  server.removeAllListeners('connection').close();
});

/** A call whose connection is used by `respond`. */
async function called(respond: (socket: Socket) => void) {
  server.on('connection', (socket) => socket.on('error', () => undefined).once('data', () => respond(socket)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return dynamoDbCall(`http://127.0.0.1:${address.port}`, access)('GetItem', {});
}

it.each<[string, (socket: Socket) => void]>([
  ['before the response', (socket) => socket.resetAndDestroy()],
  [
    'within its body',
    (socket) =>
      socket.write(`${HEAD}Content-Length: 99\r\n\r\n{"a"`, () => setTimeout(() => socket.resetAndDestroy(), 20)),
  ],
  ['by a chunk that is none', (socket) => socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\nx\r\n`)],
])('a connection that breaks %s rejects the call, and ends no process', async (_where, respond) => {
  process.on('uncaughtException', note);
  await expect(called(respond)).rejects.toThrow();
  await new Promise((done) => setTimeout(done, 50));
  expect(uncaught).toEqual([]);
});
