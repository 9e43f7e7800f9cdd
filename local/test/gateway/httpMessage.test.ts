import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startServer } from '../../gateway/server.ts';
import { anApi } from '../support/gateway.ts';
import { type TestTls, testTls } from '../support/services.ts';

let tls: TestTls;
let server: ApiServer;
/** What reached the API. */
const reached: string[] = [];
const printed: string[] = [];
/** How many requests have ended. */
let ended = 0;
/** Whether the server has no gateway. */
let isClosing = false;
beforeAll(async () => {
  tls = await testTls();
  server = await startServer(
    anApi(),
    () => {
      if (isClosing) throw new Error('no gateway');
      return {
        gateway: async ({ method, path, body }) => {
          if (path === '/broken') throw new Error('a broken step');
          await new Promise((done) => setTimeout(done, 20));
          reached.push(`${method} ${path} ${body}`);
          return { kind: 'response', status: 200, headers: [], body: 'ok' };
        },
        end: () => {
          ended += 1;
        },
      };
    },
    { tls, port: 0, print: (line) => printed.push(line) },
  );
});
afterAll(() => server.close());

/** Sends bytes, and returns what came back when the connection closed, or after the last byte while it stays open. */
function send(
  raw: string,
  waitMs = 200,
): Promise<{ readonly statuses: string; readonly text: string; readonly closed: boolean }> {
  return new Promise((done, fail) => {
    let text = '';
    const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: tls.caPem });
    const end = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status).join();
      done({ statuses, text, closed });
    };
    let timer = setTimeout(() => fail(new Error('no response')), 10_000);
    socket.on('data', (part) => {
      text += part.toString('latin1');
      clearTimeout(timer);
      // A response that closes ends by the close; any other is complete now.
      timer = setTimeout(() => end(false), text.includes('onnection: close') ? 10_000 : waitMs);
    });
    socket.on('close', () => end(true));
    socket.on('error', fail);
    socket.write(Buffer.from(raw, 'latin1'));
  });
}

const HOST = 'Host: localhost';
const get = (target: string, ...headers: string[]) =>
  `GET ${target} HTTP/1.1\r\n${[HOST, ...headers].join('\r\n')}\r\n\r\n`;
const line = (first: string, ...headers: string[]) => `${[first, ...headers].join('\r\n')}\r\n\r\n`;
const post = (...headers: string[]) => line('POST /a HTTP/1.1', HOST, ...headers);
const chunked = (body: string, coding = 'chunked') => `${post(`Transfer-Encoding: ${coding}`)}${body}`;
const TWO = '2\r\nab\r\n0\r\n\r\n';

const REJECTED: readonly (readonly [status: number, what: string, raw: string])[] = [
  [400, 'two Host headers', get('/a', HOST)],
  [400, 'two Host headers with other names', get('/a', 'host: evil.example')],
  [400, 'a second Host header after 2,001 others', get('/a', ...Array.from({ length: 2_001 }, () => 'a:'), HOST)],
  [400, 'no Host header', line('GET /a HTTP/1.1')],
  [400, 'no Host header in HTTP/1.0', line('GET /a HTTP/1.0')],
  [400, 'an empty Host header', line('GET /a HTTP/1.1', 'Host:')],
  [400, 'a list of hosts', line('GET /a HTTP/1.1', 'Host: localhost, localhost')],
  [400, 'a host with a user name', line('GET /a HTTP/1.1', 'Host: a@localhost')],
  [400, 'a host with a path', line('GET /a HTTP/1.1', 'Host: localhost/a')],
  [400, 'a host with a scheme', line('GET /a HTTP/1.1', 'Host: https://localhost')],
  [400, 'a host with a space', line('GET /a HTTP/1.1', 'Host: local host')],
  [400, 'a host with a backslash', line('GET /a HTTP/1.1', 'Host: localhost\\')],
  [400, 'a host with a byte that is not ASCII', line('GET /a HTTP/1.1', 'Host: localhost\xe9')],
  [400, 'a port that is no number', line('GET /a HTTP/1.1', 'Host: localhost:https')],
  [400, 'a port that is too large', line('GET /a HTTP/1.1', 'Host: localhost:65536')],
  [421, 'the host of another site', line('GET /a HTTP/1.1', 'Host: evil.example')],
  [421, 'a host that begins alike', line('GET /a HTTP/1.1', 'Host: localhost.evil.example')],
  [421, 'the root dot', line('GET /a HTTP/1.1', 'Host: localhost.')],
  [421, 'another address', line('GET /a HTTP/1.1', 'Host: 0.0.0.0')],
  [400, 'a URL of another host', get('https://evil.example/a')],
  [421, 'a URL of another host, which Host repeats', line('GET https://evil.example/a HTTP/1.1', 'Host: evil.example')],
  [421, 'a URL without TLS', get('http://localhost/a')],
  [400, 'a URL with a user name', get('https://a@localhost/a')],
  [400, 'a URL of another scheme', get('ftp://localhost/a')],
  [400, 'an asterisk for GET', get('*')],
  [501, 'CONNECT', line('CONNECT localhost:443 HTTP/1.1', HOST)],
  [400, 'no version', line('GET /a', HOST)],
  [400, 'no version and no headers', line('GET /a')],
  [400, 'HTTP/0.9', line('GET /a HTTP/0.9', HOST)],
  [505, 'HTTP/2.0', line('GET /a HTTP/2.0', HOST)],
  [400, 'HTTP/1.2', line('GET /a HTTP/1.2', HOST)],
  [400, 'HTTP/1', line('GET /a HTTP/1', HOST)],
  [400, 'a version in lower case', line('GET /a http/1.1', HOST)],
  [400, 'the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  [400, 'bare line feeds', `GET /a HTTP/1.1\n${HOST}\n\n`],
  [400, 'a bare carriage return', get('/a', 'X: a\rb')],
  [400, 'a folded header', get('/a', 'X: a', ' b')],
  [400, 'white space before the first header', line('GET /a HTTP/1.1', ` ${HOST}`)],
  [400, 'a space before a colon', get('/a', 'X : a')],
  [400, 'a NUL in a value', get('/a', 'X: a\0b')],
  [400, 'a NUL in the target', get('/a\0b')],
  [400, 'a control character in a value', get('/a', 'X: a\x01b')],
  [400, 'a DEL in a value', get('/a', 'X: a\x7fb')],
  [400, 'no header name', get('/a', ': a')],
  [400, 'no colon', get('/a', 'abc')],
  [400, 'a parenthesis in a name', get('/a', 'X(Y): a')],
  [400, 'a byte in a name that is not ASCII', get('/a', 'X\xe9: a')],
  [400, 'two lengths that differ', `${post('Content-Length: 2', 'Content-Length: 3')}abc`],
  [400, 'two lengths that are the same', `${post('Content-Length: 2', 'Content-Length: 2')}ab`],
  [400, 'a list of lengths', `${post('Content-Length: 2, 2')}ab`],
  [400, 'a length with a sign', `${post('Content-Length: +2')}ab`],
  [400, 'a negative length', `${post('Content-Length: -2')}ab`],
  [400, 'a length in hexadecimal', `${post('Content-Length: 0x2')}ab`],
  [400, 'a length with a space', `${post('Content-Length: 2 2')}ab`],
  [400, 'a length with a fraction', `${post('Content-Length: 2.0')}ab`],
  [400, 'a length beyond 64 bits', post('Content-Length: 18446744073709551618')],
  [400, 'an empty length', post('Content-Length:')],
  [400, 'a length and chunks', `${post('Content-Length: 2', 'Transfer-Encoding: chunked')}${TWO}`],
  [400, 'chunks and a length', `${post('Transfer-Encoding: chunked', 'Content-Length: 2')}${TWO}`],
  [501, 'gzip and chunks', chunked(TWO, 'gzip, chunked')],
  [501, 'gzip and chunks in two lines', `${post('Transfer-Encoding: gzip', 'Transfer-Encoding: chunked')}${TWO}`],
  [501, 'deflate and chunks in capitals', chunked(TWO, 'DEFLATE,CHUNKED')],
  [501, 'identity and chunks', chunked(TWO, 'identity, chunked')],
  [400, 'chunks and gzip', chunked(TWO, 'chunked, gzip')],
  [400, 'chunks twice', chunked(TWO, 'chunked, chunked')],
  [400, 'chunks twice in two lines', `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}${TWO}`],
  [400, 'gzip alone', chunked('ab', 'gzip')],
  [400, 'identity alone', chunked('ab', 'identity')],
  [400, 'a coding that ends alike', chunked(TWO, 'xchunked')],
  [400, 'chunks with a parameter', chunked(TWO, 'chunked;q=1')],
  [400, 'an empty coding before chunks', chunked(TWO, ',chunked')],
  [400, 'a vertical tab before chunks', chunked(TWO, '\x0bchunked')],
  [400, 'no coding', chunked('', '')],
  [400, 'chunks in HTTP/1.0', `${line('POST /a HTTP/1.0', HOST, 'Transfer-Encoding: chunked')}${TWO}`],
  [400, 'a chunk beyond 64 bits', chunked('FFFFFFFFFFFFFFFFF\r\nab\r\n0\r\n\r\n')],
  [400, 'a negative chunk', chunked('-2\r\nab\r\n0\r\n\r\n')],
  [400, 'a chunk with a prefix', chunked('0x2\r\nab\r\n0\r\n\r\n')],
  [400, 'a chunk with a letter', chunked('2g\r\nab\r\n0\r\n\r\n')],
  [400, 'a chunk with a space', chunked('2 \r\nab\r\n0\r\n\r\n')],
  [400, 'a chunk without a size', chunked('\r\nab\r\n0\r\n\r\n')],
  [400, 'a chunk that is longer than its size', chunked('2\r\nabc\r\n0\r\n\r\n')],
  [400, 'a chunk that ends in a line feed', chunked('2\r\nab\n0\r\n\r\n')],
  [400, 'a chunk size that ends in a line feed', chunked('2\nab\r\n0\r\n\r\n')],
  [400, 'a broken chunk extension', chunked('2;;\r\nab\r\n0\r\n\r\n')],
  [400, 'a broken trailer', chunked('2\r\nab\r\n0\r\nX : a\r\n\r\n')],
  [400, 'a length as a trailer', chunked('2\r\nab\r\n0\r\nContent-Length: 2\r\n\r\n')],
  [400, 'a fragment', get('/a#b')],
  [400, 'a fragment after a query', get('/a?b#c')],
  [400, 'a backslash', get('/a\\b')],
  [400, 'a backslash in a query', get('/a?b=\\')],
  [400, 'a target without a slash', get('a')],
  [400, 'a query alone', get('?a')],
  [400, 'a percent sign without digits', get('/%zz')],
  [400, 'a percent sign with one digit', get('/a%2')],
  [400, 'a percent sign alone in a query', get('/a?b=%')],
  [400, 'a quote', get('/a"b')],
  [400, 'an angle bracket', get('/a?b=<c>')],
  [400, 'a brace', get('/a?b={c}')],
  [400, 'a pipe', get('/a|b')],
  [400, 'a byte that is not ASCII', get('/\xc3\xa9')],
  [400, 'a tab in the target', get('/a\tb')],
  [400, 'a space in the target', get('/a b')],
  [400, 'a method in lower case', line('get /a HTTP/1.1', HOST)],
  [400, 'a method with an odd character', line('G@T /a HTTP/1.1', HOST)],
  [400, 'a line of another protocol', 'EHLO localhost\r\n\r\n'],
  [417, 'another expectation', `${post('Expect: 200-ok', 'Content-Length: 2')}ab`],
  [417, 'two expectations', `${post('Expect: 100-continue, x', 'Content-Length: 2')}ab`],
  [400, 'an expectation and two Host headers', post(HOST, 'Expect: 100-continue', 'Content-Length: 2')],
  [431, 'a huge request line', get(`/${'a'.repeat(20_000)}`)],
  [431, 'a huge header', get('/a', `X: ${'a'.repeat(20_000)}`)],
];

describe('a message that is not HTTP/1.1, or not for this server', () => {
  it.each(REJECTED)(
    'gets %i as a problem before it reaches an API, and the connection closes: %s',
    async (status, _, raw) => {
      const before = reached.length;
      // What follows on the connection must not be read as a request.
      const { statuses, text, closed } = await send(`${raw}${get('/smuggled')}`);
      expect([statuses, closed]).toEqual([String(status), true]);
      const [head = '', body = ''] = text.split('\r\n\r\n');
      expect(head.toLowerCase()).toContain('content-type: application/problem+json');
      expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status });
      expect(reached.slice(before)).toEqual([]);
    },
  );
});

describe('a request that fails in the gateway', () => {
  it.each([
    ['in a step', '/broken', false, 'a broken step'],
    ['before it has a gateway', '/a', true, 'no gateway'],
  ])('gets 500 as a problem, and a line with the reason is printed: %s', async (_, path, closing, reason) => {
    printed.length = 0;
    isClosing = closing;
    const { statuses, text } = await send(get(path)).finally(() => {
      isClosing = false;
    });
    expect(statuses).toBe('500');
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ type: 'about:blank', status: 500 });
    expect(printed).toEqual([`a request failed in the gateway: ${reason}`]);
  });

  it('has no line when the client disconnected before its body arrived', async () => {
    printed.length = 0;
    const before = ended;
    const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: tls.caPem });
    await new Promise((done) => socket.once('secureConnect', done));
    // The connection is closed once the server asks for the rest of the body.
    socket.once('data', () => socket.destroy());
    socket.write(`${post('Expect: 100-continue', 'Content-Length: 9')}ab`);
    await expect.poll(() => ended, { timeout: 10_000 }).toBe(before + 1);
    expect(printed).toEqual([]);
  });
});

describe('a message that HTTP allows', () => {
  it.each([
    ['a port', line('GET /a HTTP/1.1', 'Host: localhost:8443'), 'GET /a '],
    ['the name in capitals', line('GET /a HTTP/1.1', 'HOST: LOCALHOST'), 'GET /a '],
    ['an IPv4 address', line('GET /a HTTP/1.1', 'Host: 127.0.0.1:1'), 'GET /a '],
    ['an IPv6 address', line('GET /a HTTP/1.1', 'Host: [::1]'), 'GET /a '],
    ['a URL as the target', get('https://localhost/a?b'), 'GET /a '],
    ['a URL without a path', get('HTTPS://LOCALHOST?b'), 'GET / '],
    ['an asterisk for OPTIONS', line('OPTIONS * HTTP/1.1', HOST), 'OPTIONS * '],
    ['an empty segment', get('//a'), 'GET //a '],
    ['encoded octets that are no UTF-8', get('/%00%c0%af'), 'GET /%00%c0%af '],
    ['brackets in a query', get('/a?b[c]=d'), 'GET /a '],
    ['octets of a value that are not ASCII', get('/a', 'X: \xe9'), 'GET /a '],
    ['chunks in capitals', chunked(TWO, 'Chunked'), 'POST /a ab'],
    ['a chunk extension', chunked('2;a="b c"\r\nab\r\n0\r\n\r\n'), 'POST /a ab'],
    ['a trailer, which is dropped', chunked('2\r\nab\r\n0\r\nAuthorization: a\r\n\r\n'), 'POST /a ab'],
    ['an upgrade, which is ignored', get('/a', 'Connection: Upgrade', 'Upgrade: h2c'), 'GET /a '],
    ['empty lines before it', `\r\n\r\n${get('/a')}`, 'GET /a '],
    ['HTTP/1.0', line('GET /a HTTP/1.0', HOST), 'GET /a '],
  ])('reaches the API with %s', async (_what, raw, expected) => {
    const before = reached.length;
    expect((await send(raw)).statuses).toBe('200');
    expect(reached.slice(before)).toEqual([expected]);
  });

  it('is continued when it expects that', async () => {
    expect((await send(`${post('Expect: 100-continue', 'Content-Length: 2')}ab`)).statuses).toBe('100,200');
  });

  it.each([
    ['another Host header', get('/b', HOST)],
    ['what is not HTTP', 'nonsense\r\n\r\n'],
    ['a broken chunk', chunked('zz\r\n')],
  ])('has its own response first when %s follows on the connection', async (_what, next) => {
    const { statuses, closed } = await send(`${get('/a')}${get('/a')}${next}`);
    expect([statuses, closed]).toEqual(['200,200,400', true]);
  });

  it('that is too large has one response, whatever its rest is', async () => {
    const rest = `1\r\na\r\n${'a'.repeat(1_000)}`;
    const { statuses } = await send(`${chunked(`A00001\r\n${'a'.repeat(0xa00001)}\r\n${rest}`)}`);
    expect(statuses).toMatch(/^4(?:13|00)$/);
  });
});
