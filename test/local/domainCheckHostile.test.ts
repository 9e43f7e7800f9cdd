import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeCa, makeClient, makeIntermediate, makeServer } from '../support/certificates.ts';
import { ca, caFile, check, folder, good, SECONDS } from '../support/domainCheck.ts';
import { httpsServer, listen, tcpServer } from '../support/faultyServer.ts';
import { cli } from '../support/gateway.ts';

describe('a hostile or broken server ends in a finding', () => {
  it.each<[string, string, (socket: Socket) => void]>([
    ['not-tls', 'HTTP on the TLS port', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['not-tls', 'noise', (socket) => socket.end(Buffer.concat([Buffer.from([0]), randomBytes(500)]))],
    ['unreachable', 'a server that closes at once', (socket) => socket.end()],
    ['unreachable', 'a server that says nothing', () => undefined],
    ['unreachable', 'a server that drips a record', (socket) => drip(socket, Buffer.from([22, 3, 3, 64, 0]))],
    [
      'not-tls',
      'endless records',
      (socket) =>
        flood(socket, Buffer.concat([Buffer.from([22, 3, 3, 64, 0, 2, 255, 255, 255]), Buffer.alloc(16_380)])),
    ],
  ])('%s: %s', async (code, _, listener) => {
    const result = await check(await tcpServer(listener));
    expect(result.codes).toEqual([code]);
    expect(result.code).toBe(3);
    expect(result.seconds).toBeLessThan(SECONDS * 3 + 3);
  });

  it('unreachable: no listener, and a name that does not exist', async () => {
    const closed = await check(1);
    expect([closed.code, closed.codes]).toEqual([3, ['unreachable']]);
    expect(closed.findings[0]?.found).toBe('localhost:1: nothing listens there (ECONNREFUSED)');
    const unknown = await check('https://nowhere.invalid');
    expect([unknown.code, unknown.codes]).toEqual([3, ['unreachable']]);
  });

  it('no-http-response: endless headers', async () => {
    const port = await tlsServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      flood(socket, Buffer.from(`x-more: ${'a'.repeat(1000)}\r\n`));
    });
    const result = await check(port);
    expect(result.codes).toEqual(['no-http-response']);
    expect(result.stdout).toContain('the headers of the response have more than 16 KB (HPE_HEADER_OVERFLOW)');
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ['no-http-response', 'never responds', () => undefined],
    ['no-http-response', 'drips a response', (socket) => drip(socket, Buffer.from('HTTP/1.1 200 OK\r\nx: '))],
    ['no-http-response', 'responds with something else', (socket) => socket.end('220 mail.example ESMTP\r\n')],
    ['no-http-response', 'closes', (socket) => socket.end()],
  ])('%s: a TLS server that %s', async (code, _, listener) => {
    const result = await check(await tlsServer(listener));
    expect(result.codes).toEqual([code]);
    expect(result.seconds).toBeLessThan(SECONDS * 3 + 3);
  });

  it('handshake-failed: a server that stops in the middle of a handshake', async () => {
    const real = await tlsServer(() => undefined);
    // More than the ServerHello, less than the certificate.
    const cut = await tcpServer((socket) => {
      const server = connect({ host: '127.0.0.1', port: real });
      server.on('error', () => undefined).once('data', (part) => socket.write(part.subarray(0, 200)));
      socket.pipe(server);
    });
    const result = await check(cut);
    expect(result.codes).toEqual(['handshake-failed']);
    expect(result.findings[0]?.found).toBe(`localhost:${cut}: the TLS handshake did not end within ${SECONDS} seconds`);
    expect(result.seconds).toBeLessThan(SECONDS * 3 + 3);
  });

  it('chain-incomplete: a chain of thirty certificates that leads nowhere', async () => {
    let issuer = await makeCa({ commonName: 'Nobody' });
    let chain = '';
    for (let count = 0; count < 30; count++) {
      issuer = await makeIntermediate(issuer, { commonName: `Level ${count}` });
      chain = issuer.cert + chain;
    }
    const leaf = await makeServer(issuer);
    const result = await check(await httpsServer({ ...leaf, chain: leaf.cert + chain }));
    expect(result.codes).toEqual(['chain-incomplete']);
  });

  it('escapes what a certificate holds, on one line', async () => {
    const commonName = 'evil\u001b[31m\n  fault forged\u202e\u009b2J';
    const leaf = await makeServer(ca, { commonName, names: ['a\u001b[2Jb.example'] });
    const url = `https://localhost:${await httpsServer(leaf)}`;
    const { stdout } = await cli(['domain', 'check', url, '--ca', caFile, '--days', '3000']);
    expect(stdout).toMatch(/fault wrong-name/);
    for (const control of ['\u001b', '\u009b', '\u202e']) expect(stdout).not.toContain(control);
    expect(stdout).not.toMatch(/^\s*fault forged/m);
  });
});

describe('mutual TLS', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is reported without a certificate, and examined with one: %s',
    async (version) => {
      const port = await httpsServer(good, {
        ca: ca.cert,
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: version,
        maxVersion: version,
      });
      const without = await check(port, ['--floor', '1.2']);
      expect([without.code, without.codes]).toEqual([4, ['client-certificate-demanded']]);
      const client = await makeClient(ca);
      const [cert, key] = [join(folder, 'client.pem'), join(folder, 'client.key')];
      writeFileSync(cert, client.chain);
      writeFileSync(key, client.key);
      const with_ = await check(port, ['--floor', '1.2', '--cert', cert, '--key', key]);
      expect([with_.code, with_.codes]).toEqual([0, []]);
      const foreign = await makeClient(await makeCa());
      writeFileSync(cert, foreign.chain);
      writeFileSync(key, foreign.key);
      const rejected = await check(port, ['--floor', '1.2', '--cert', cert, '--key', key]);
      expect([rejected.code, rejected.codes]).toEqual([3, ['client-certificate-rejected']]);
    },
  );
});

function tlsServer(listener: (socket: Socket) => void): Promise<number> {
  const options = { cert: good.chain, key: good.key, minVersion: 'TLSv1.3' as const };
  return listen(
    createTls(options, (socket) => {
      socket.on('error', () => undefined);
      listener(socket);
    }),
  );
}

function flood(socket: Socket, bytes: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}

function drip(socket: Socket, start: Buffer): void {
  socket.write(start);
  const timer = setInterval(() => socket.write(Buffer.from([2])), 200);
  socket.on('close', () => clearInterval(timer));
}
