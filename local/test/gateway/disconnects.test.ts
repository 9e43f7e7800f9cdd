import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingRequest } from '../../gateway/incomingRequest.ts';
import { type ApiServer, startServer } from '../../gateway/server.ts';
import { anApi } from '../support/gateway.ts';
import { type TestTls, testTls } from '../support/services.ts';

let tls: TestTls;
let server: ApiServer;
const arrived: IncomingRequest[] = [];
/** Lets the gateway respond. */
let respond: () => void = () => undefined;
beforeAll(async () => {
  tls = await testTls();
  const responding = new Promise<void>((done) => {
    respond = done;
  });
  const gateway = async (request: IncomingRequest) => {
    arrived.push(request);
    await responding;
    return { kind: 'response', status: 200, headers: [], body: 'ok' } as const;
  };
  server = await startServer(anApi(), () => ({ gateway, end: () => undefined }), {
    tls,
    port: 0,
    print: () => undefined,
  });
});
afterAll(async () => {
  respond();
  await server.close(0);
});

const isAbandoned = (name: string) => arrived.find(({ path }) => path === `/${name}`)?.isAbandoned?.();
/** Sends a request, with or without a body, and resolves when it has arrived. */
const ask = async (name: string, body = '') => {
  const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: tls.caPem });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(`POST /${name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await expect.poll(() => isAbandoned(name), { timeout: 30_000 }).toBe(false);
  return socket;
};

describe('a request', () => {
  it('is abandoned when its client disconnects, and no other is', async () => {
    const [gone, stays] = await Promise.all([ask('gone'), ask('stays', '{"title":"A body that was read"}')]);
    gone.destroy();
    await expect.poll(() => isAbandoned('gone'), { timeout: 30_000 }).toBe(true);
    expect(isAbandoned('stays')).toBe(false);
    stays.destroy();
  });
});
