import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callHttp } from '../../../lambdas/shared/callHttp.ts';
import { ResponseTooLarge } from '../../../lambdas/shared/retry.ts';
import { localCertificate, startHttps } from '../authorizer/support/services.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.splice(0)) await close();
});

const signal = () => AbortSignal.timeout(60_000);

/** A server on this machine, and the connections that it got. */
async function serve(listener: RequestListener) {
  const connections = new Set<Socket>();
  const server: Server = createServer(listener).on('connection', (socket) => connections.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections };
}

/** A server that sends what is not always HTTP. */
async function serveBytes(connected: (socket: Socket) => unknown): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined).once('data', () => connected(socket));
    closing.push(() => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a call', () => {
  it('sends method, headers and body, and returns status, headers and bytes', async () => {
    const { url } = await serve(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { method, url: path, headers } = request;
      const { accept, 'content-length': length, 'content-type': type } = headers;
      response.writeHead(201, { etag: '"1"' });
      response.end(JSON.stringify({ method, path, accept, length, type, body: Buffer.concat(parts).toString() }));
    });
    const headers = { 'content-type': 'application/json' };
    const result = await callHttp(`${url}/a?b=c`, { method: 'POST', headers, body: '"ä"', signal: signal() });
    expect(result).toMatchObject({ ok: true, status: 201, headers: { etag: '"1"' } });
    expect(JSON.parse(result.bytes.toString())).toEqual({
      method: 'POST',
      path: '/a?b=c',
      accept: '*/*',
      length: '4',
      type: 'application/json',
      body: '"ä"',
    });
  });

  it.each([400, 404, 500])('returns a response of %i', async (status) => {
    const { url } = await serve((_, response) => response.writeHead(status).end('why'));
    const result = await callHttp(url, { signal: signal() });
    expect([result.ok, result.status, result.bytes.toString()]).toEqual([false, status, 'why']);
  });

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect, whose server would get the credentials: %i',
    async (status) => {
      const paths: (string | undefined)[] = [];
      const { url } = await serve((request, response) => {
        paths.push(request.url);
        response.writeHead(status, { location: '/elsewhere' }).end();
      });
      await expect(callHttp(url, { signal: signal() })).rejects.toThrow(`the response is a redirect (${status})`);
      expect(paths).toEqual(['/']);
    },
  );

  it('asks for no compressed response, so that its size is that of its bytes', async () => {
    const { url } = await serve(({ headers }, response) => {
      const isIdentity = headers['accept-encoding'] === 'identity';
      response.end(isIdentity ? 'plain' : gzipSync('compressed'));
    });
    expect((await callHttp(url, { signal: signal() })).bytes.toString()).toBe('plain');
  });

  it.each(['ftp://localhost/', 'file:///etc/hosts', 'https://user@localhost/', 'https://:password@localhost/', 'keys'])(
    'goes to no address but one of HTTP without a user: %s',
    async (address) => {
      await expect(callHttp(address, { signal: signal() })).rejects.toBeInstanceOf(TypeError);
    },
  );

  it('unpacks what is stored with gzip, up to its maximum', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a'.repeat(1_000))),
    );
    const { bytes } = await callHttp(url, { signal: signal(), maxBytes: 1_000 });
    expect(bytes.toString()).toBe('a'.repeat(1_000));
    await expect(callHttp(url, { signal: signal(), maxBytes: 999 })).rejects.toThrow(ResponseTooLarge);
  });

  it('rejects what is not gzip, though it says so, and other encodings', async () => {
    for (const encoding of ['gzip', 'br']) {
      const { url } = await serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end('x'));
      await expect(callHttp(url, { signal: signal() })).rejects.toThrow();
    }
  });

  it('rejects a response that asks for another protocol', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const url = await serveBytes((socket) => socket.write(head));
    await expect(callHttp(url, { signal: signal() })).rejects.toThrow('another protocol');
  });

  it('ends with the reason of its signal, before and after the response has begun', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/begun') response.write('{');
    });
    for (const path of ['/silent', '/begun']) {
      const ending = new AbortController();
      const call = callHttp(`${url}${path}`, { signal: ending.signal });
      await sleep(100);
      const reason = new DOMException('no response in time', 'TimeoutError');
      ending.abort(reason);
      await expect(call).rejects.toBe(reason);
    }
    await expect(callHttp(url, { signal: AbortSignal.abort('over') })).rejects.toBe('over');
  });

  const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{';
  const CHUNKS = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n';
  const end = (socket: Socket) => socket.end();
  it.each<readonly [string, string, (socket: Socket) => unknown, string]>([
    ['before it', '', end, 'ECONNRESET'],
    ['before it by a reset', '', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['in its head', 'HTTP/1.1 200 OK\r\nConte', end, 'ECONNRESET'],
    ['after an interim response', 'HTTP/1.1 103 Early Hints\r\n\r\n', end, 'ECONNRESET'],
    ['by what is not HTTP', 'SSH-2.0\r\n', end, 'HPE_INVALID_CONSTANT'],
    ['before its length', LENGTH, end, 'ECONNRESET'],
    ['before its length by a reset', LENGTH, (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['between two chunks', CHUNKS, end, 'ECONNRESET'],
    ['by a chunk without a size', CHUNKS, (socket) => socket.write('no size\r\n'), 'ECONNRESET'],
  ])('rejects a response that is cut %s', async (_, begun, cut, code) => {
    const url = await serveBytes((socket) => {
      socket.write(begun);
      setTimeout(() => cut(socket), 20);
    });
    await expect(callHttp(url, { signal: signal() })).rejects.toMatchObject({ code });
  });

  it('names why nothing was sent', async () => {
    await expect(callHttp('http://127.0.0.1:1/', { signal: signal() })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a connection', () => {
  const fine: RequestListener = (_, response) => response.end('fine');

  it('is used again for the next call', async () => {
    const { url, connections } = await serve(fine);
    for (let i = 0; i < 3; i++) await callHttp(url, { signal: signal() });
    expect(connections.size).toBe(1);
  });

  it('is not used again after a pause, in which Lambda could have frozen the instance', async () => {
    const { url, connections } = await serve(fine);
    vi.useFakeTimers({ toFake: ['Date'] });
    await callHttp(url, { signal: signal() });
    vi.setSystemTime(Date.now() + 5_000);
    await callHttp(url, { signal: signal() });
    expect(connections.size).toBe(2);
  });

  it('is not used again after a pause, whatever the other protocol does', async () => {
    const { url } = await serve(fine);
    const sockets = new Set<unknown>();
    const { url: secureUrl, close } = await startHttps((request, response) => {
      sockets.add(request.socket);
      response.end();
    });
    closing.push(close);
    await localCertificate();
    vi.useFakeTimers({ toFake: ['Date'] });
    await callHttp(secureUrl, { signal: signal() });
    vi.setSystemTime(Date.now() + 5_000);
    await callHttp(url, { signal: signal() });
    await callHttp(secureUrl, { signal: signal() });
    expect(sockets.size).toBe(2);
  });

  it('needs a certificate that is trusted and for the name', async () => {
    const { url, close } = await startHttps(fine);
    closing.push(close);
    await localCertificate();
    expect((await callHttp(url, { signal: signal() })).status).toBe(200);
    const other = url.replace('localhost', '127.0.0.1');
    await expect(callHttp(other, { signal: signal() })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });
});
