import { createServer as createHttp, type OutgoingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcp, type ListenOptions, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TestCertificate } from './certificates.ts';

/** Accepts what OpenSSL rejects by default: weak keys, SHA-1, old versions and ciphers. */
export const WEAK = { ciphers: 'ALL:@SECLEVEL=0' } as const;
const HSTS = { 'strict-transport-security': 'max-age=63072000; includeSubDomains' };

/** A TLS server without a fault: TLS 1.3, forward secrecy, HSTS. Options, headers and a stapled OCSP response add one. */
export async function httpsServer(
  certificate: TestCertificate,
  options: ServerOptions = {},
  headers: OutgoingHttpHeaders = HSTS,
  staple?: Buffer,
  at?: ListenOptions,
): Promise<number> {
  const { chain: cert, key } = certificate;
  const settings = { cert, key, minVersion: 'TLSv1.3' as const, ...options };
  const server = createHttps(settings, (_, response) => response.writeHead(200, headers).end('{}'));
  if (staple !== undefined) {
    server.on('OCSPRequest', (_cert, _issuer, done: (error: null, response: Buffer) => void) => done(null, staple));
  }
  return listen(server, at);
}

/** A server of plain HTTP. */
export function httpServer(listener: RequestListener): Promise<number> {
  return listen(createHttp(listener));
}

/** A server that does with each connection what it likes. */
export function tcpServer(listener: (socket: Socket) => void): Promise<number> {
  return listen(
    createTcp((socket) => {
      socket.on('error', () => undefined);
      listener(socket);
    }),
  );
}

/** Listens until the test ends, by default on a free port of 127.0.0.1. */
export async function listen(server: Server, at: ListenOptions = { host: '127.0.0.1', port: 0 }): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => server.listen(at, done));
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
