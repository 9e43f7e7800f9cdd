import type { OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { check, good } from '../support/domainCheck.ts';
import { httpServer, httpsServer, tcpServer } from '../support/faultyServer.ts';

describe('HSTS', () => {
  it.each<[string, OutgoingHttpHeaders]>([
    ['hsts-missing', {}],
    ['hsts-too-short', { 'strict-transport-security': 'max-age=300; includeSubDomains' }],
    ['hsts-too-short', { 'strict-transport-security': 'max-age=0; includeSubDomains' }],
    ['hsts-invalid', { 'strict-transport-security': 'includeSubDomains' }],
    ['hsts-invalid', { 'strict-transport-security': 'max-age=63072000; max-age=63072000' }],
    ['hsts-invalid', { 'strict-transport-security': 'max-age=63072000, max-age=63072000' }],
    ['hsts-repeated', { 'Strict-Transport-Security': ['max-age=63072000; includeSubDomains', 'max-age=0'] }],
  ])('%s: %j', async (fault, headers) => {
    expect((await check(await httpsServer(good, {}, headers))).codes).toEqual([fault]);
  });
});

describe('plain HTTP', () => {
  const codesOf = async (respond: Parameters<typeof httpServer>[0]) => {
    const http = await httpServer(respond);
    return (await check(await httpsServer(good), ['--http-port', String(http)])).codes;
  };

  it.each([400, 403, 421, 426])('is rejected by %i', async (status) => {
    expect(await codesOf((_, response) => response.writeHead(status).end())).toEqual([]);
  });

  it.each([
    ['a challenge', 401, { 'www-authenticate': 'Bearer' }],
    ['a cookie', 403, { 'set-cookie': 'a=b' }],
    ['a missing route', 404, {}],
    ['a redirect to another host', 301, { location: 'https://other.example/' }],
    ['a redirect to itself', 301, { location: '/' }],
    ['a redirect to plain HTTP', 307, { location: 'http://localhost/' }],
    ['a redirect to nowhere', 301, {}],
  ])('is answered by %s', async (_, status, headers) => {
    expect(await codesOf((__, response) => response.writeHead(status, headers).end())).toEqual(['plain-http-answered']);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['endless headers', (socket) => flood(socket, Buffer.from(`x-more: ${'a'.repeat(1000)}\r\n`))],
    ['headers that are not valid', (socket) => socket.end('no header\r\n\r\n')],
  ])('is answered by %s', async (_, respond) => {
    const http = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      respond(socket);
    });
    const result = await check(await httpsServer(good), ['--http-port', String(http)]);
    expect(result.codes).toEqual(['plain-http-answered']);
  });

  it('gets nothing of the query, which can contain a secret', async () => {
    const https = await httpsServer(good);
    const asked: string[] = [];
    const http = await httpServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(301, { location: `https://localhost:${https}${request.url}` }).end();
    });
    const url = `https://localhost:${https}/path?key=secret`;
    expect((await check(url, ['--http-port', String(http)])).codes).toEqual([]);
    expect(asked).toEqual(['/path?secure-api-domain-check']);
  });

  it.each([301, 307])('is fine when it leads to the same URL by %i', async (status) => {
    const https = await httpsServer(good);
    const http = await httpServer((request, response) => {
      response.writeHead(status, { location: `https://localhost:${https}${request.url}` }).end();
    });
    expect((await check(https, ['--http-port', String(http)])).codes).toEqual([]);
  });
});

function flood(socket: Socket, bytes: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}
