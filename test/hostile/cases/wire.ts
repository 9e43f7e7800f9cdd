import { ID } from '../case.ts';

/** A request as bytes on the connection, for what no HTTP client sends. */
export type WireCase = readonly [what: string, lines: readonly string[], status: number];

const GET = `GET /items/${ID} HTTP/1.1`;
const POST = 'POST /items HTTP/1.1';
const HOST = 'Host: localhost';
const TYPE = 'Content-Type: application/json';
const BODY = '{"title":"T"}';

/** Framing that two servers in a row may read differently (RFC 9112, section 11.2), and lines that are not HTTP. */
export const wire: readonly WireCase[] = [
  ['two lengths', [POST, HOST, TYPE, 'Content-Length: 13', 'Content-Length: 5', '', BODY], 400],
  ['two lengths in one', [POST, HOST, TYPE, 'Content-Length: 13, 5', '', BODY], 400],
  ['a length and chunks', [POST, HOST, TYPE, 'Content-Length: 13', 'Transfer-Encoding: chunked', '', '0', '', ''], 400],
  ['a negative length', [POST, HOST, TYPE, 'Content-Length: -1', '', BODY], 400],
  ['a length in hexadecimal', [POST, HOST, TYPE, 'Content-Length: 0xd', '', BODY], 400],
  ['a length with a sign', [POST, HOST, TYPE, 'Content-Length: +13', '', BODY], 400],
  ['a length beyond 64 bits', [POST, HOST, TYPE, 'Content-Length: 18446744073709551617', '', BODY], 400],
  ['an encoding that ends otherwise', [POST, HOST, TYPE, 'Transfer-Encoding: chunked, identity', '', '0', '', ''], 400],
  ['a chunk of no size', [POST, HOST, TYPE, 'Transfer-Encoding: chunked', '', 'zz', BODY, '0', '', ''], 400],
  ['a chunk with a sign', [POST, HOST, TYPE, 'Transfer-Encoding: chunked', '', '+d', BODY, '0', '', ''], 400],
  ['a blank before a colon', [GET, HOST, 'X-Mode : a', '', ''], 400],
  ['a folded header', [GET, HOST, 'X-Mode: a', ' b', '', ''], 400],
  ['a NUL in a header', [GET, HOST, 'X-Mode: a\0b', '', ''], 400],
  ['a NUL in a name', [GET, HOST, 'X-M\0ode: a', '', ''], 400],
  ['a bare carriage return', [GET, HOST, 'X-Mode: a\rX-Count: 1', '', ''], 400],
  ['a name of nothing', [GET, HOST, ': a', '', ''], 400],
  ['a method of blanks', [`   /items/${ID} HTTP/1.1`, HOST, '', ''], 400],
  ['a method that is none', [`G\x01ET /items/${ID} HTTP/1.1`, HOST, '', ''], 400],
  ['an old protocol', [`GET /items/${ID}`, '', ''], 400],
  ['a protocol that is none', [`GET /items/${ID} HTTP/9.9`, HOST, '', ''], 400],
  ['another protocol', [`GET /items/${ID} ICY/1.1`, HOST, '', ''], 400],
  ['no host', [GET, '', ''], 400],
  ['the start of HTTP/2', ['PRI * HTTP/2.0', '', 'SM', '', ''], 400],
  ['a line of another protocol', ['EHLO example.com', '', ''], 400],
  ['headers past what a gateway takes', [GET, HOST, `X-A: ${'x'.repeat(11_000)}`, '', ''], 431],
  ['a target past what a gateway takes', [`GET /items/${'x'.repeat(11_000)} HTTP/1.1`, HOST, '', ''], 431],
];
