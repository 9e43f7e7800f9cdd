import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { ECHO, edgeAssembly } from '../support/edge.ts';

let gateway: LocalGateway;
let httpsPort: number;
let httpPort: number;
const printed: string[] = [];

const visibility = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: true, MetricName: 'mark' };
const Aliases = ['api.example.com', '*.apps.example.com'];
/** Adds a header that the API can trust, as it comes from the web ACL. */
const mark = {
  Name: 'mark',
  Priority: 1,
  Action: { Count: { CustomRequestHandling: { InsertHeaders: [{ Name: 'seen', Value: 'yes' }] } } },
  VisibilityConfig: visibility,
  Statement: {
    SizeConstraintStatement: {
      FieldToMatch: { UriPath: {} },
      ComparisonOperator: 'GE',
      Size: 1,
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    },
  },
};

beforeAll(async () => {
  const assembly = edgeAssembly({ handler: ECHO, rules: [mark], config: { Aliases } });
  gateway = await serve({ assembly, data: temporaryFolder(), port: 0, print: (line) => printed.push(line) });
  const [{ edge } = {}] = gateway.ready.apis;
  httpsPort = Number(new URL(gateway.ready.url).port);
  httpPort = Number(new URL(edge?.http ?? '').port);
});
afterAll(() => gateway?.close());

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

/** Sends bytes as they are, and reads until the server ends. */
async function answerOn(socket: Socket, message: string): Promise<Answer> {
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part)).on('error', () => undefined);
  socket.write(message, 'latin1');
  await once(socket, 'close');
  const [head = '', body = ''] = Buffer.concat(parts)
    .toString('latin1')
    .split(/\r\n\r\n(.*)/s, 2);
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    location: /^location: (.*)$/im.exec(head)?.[1]?.trim(),
    body,
  };
}

const request = (line: string, ...headers: readonly string[]) => `${[line, ...headers].join('\r\n')}\r\n\r\n`;
const plain = (line: string, ...headers: readonly string[]) =>
  answerOn(connectTcp(httpPort, '127.0.0.1'), request(line, ...headers));
const connectFor = (servername: string) =>
  connectTls({ host: '127.0.0.1', port: httpsPort, servername, ca: readFileSync(gateway.ready.ca) });
const secure = (line: string, ...headers: readonly string[]) =>
  answerOn(connectFor('localhost'), request(line, ...headers, 'Connection: close'));

/** What a wildcard would stand for if it stood for any text. */
const NO_LABELS = ['', '*', '-', '-a', 'a-', 'a%2eb', '%0d%0ax', 'a~', 'a,b', 'a..b', 'a'.repeat(64), 'a'.repeat(300)];
const LONG = `${'a.'.repeat(125)}b.apps.example.com`;
const BAD_HOSTS = [
  [],
  ...[...NO_LABELS.map((label) => `${label}.apps.example.com`), LONG].map((name) => [`Host: ${name}`]),
  ['Host: a%2eb'],
  ['Host:'],
  ['Host: localhost', 'Host: localhost'],
  ['Host: localhost', 'host: evil.example.com'],
  ['Host: localhost', ...Array.from({ length: 2_001 }, () => 'a:'), 'Host: evil.example.com'],
  ['Host: localhost:99999'],
  ['Host: localhost:https'],
  ['Host: localhost:-1'],
  ['Host: localhost:1:2'],
  ['Host: localhost, evil.example.com'],
  ['Host: evil@localhost'],
  ['Host: localhost/evil'],
  ['Host: local host'],
  ['Host: localhost\\evil'],
  ['Host: localhost%zz'],
  ['Host: localh\xf6st'],
  ['Host: [::1'],
  ['Host: [1:2]'],
  ['Host: [127.0.0.1]'],
] as const;

describe.each([
  ['plain HTTP', plain],
  ['HTTPS', secure],
])('%s of a distribution', (_, send) => {
  it('rejects a request that has not exactly one valid host with 400', async () => {
    for (const hosts of BAD_HOSTS) {
      const { status, location } = await send('GET /x HTTP/1.1', ...hosts);
      expect([hosts.slice(0, 2), status, location]).toEqual([hosts.slice(0, 2), 400, undefined]);
    }
  });

  it.each(['a', '_a', 'a_-b', '0', 'A'.repeat(63)])('takes the label %s for the wildcard of a name', async (label) => {
    const { status } = await send('GET /x HTTP/1.1', `Host: ${label}.apps.example.com`);
    expect([200, 301]).toContain(status);
  });

  it.each(['evil.example.com', 'localhost.evil.example.com', 'localhost.', '0.0.0.0', '[::2]'])(
    'rejects the valid host %s, which is none of its names',
    async (host) => {
      expect(await send('GET /x HTTP/1.1', `Host: ${host}`)).toMatchObject({ status: 403, location: undefined });
    },
  );

  it.each([
    ['CONNECT evil.example.com:443 HTTP/1.1', []],
    ['POST /x HTTP/1.1', ['Transfer-Encoding: gzip']],
    ['POST /x HTTP/1.1', ['Transfer-Encoding: chunked, identity']],
    ['GET /x HTTP/9.9', []],
  ] as const)('responds to %s %s, instead of closing the connection in silence', async (line, headers) => {
    const answer = await send(line, 'Host: localhost', ...headers, 'Authorization: Bearer tok-3');
    // Plain HTTP redirects before the body.
    expect(headers[0] === 'Transfer-Encoding: gzip' ? [400, 307] : [400]).toContain(answer.status);
    expect(answer.body).not.toContain('tok-3');
  });

  it.each(['TRACE', 'PROPFIND', 'LINK'])('rejects the method %s, which a distribution never takes', async (method) => {
    const answer = await send(`${method} /x HTTP/1.1`, 'Host: localhost', 'Authorization: Bearer tok-3');
    expect(answer).toMatchObject({ status: 403, location: undefined });
    expect(answer.body).not.toContain('tok-3');
  });
});

describe('the location of a redirect', () => {
  const here = () => `https://localhost:${httpsPort}`;

  it.each([
    ['/a\\..\\b', '/a%5C..%5Cb'],
    ['/\\evil.example.com', '/%5Cevil.example.com'],
    ['/a"<>^`{|}#b', '/a%22%3C%3E%5E%60%7B%7C%7D%23b'],
    ['/?a[]=1&b=\\#"', '/?a%5B%5D=1&b=%5C%23%22'],
    ['/100%', '/100%25'],
    ['/%2%zz', '/%252%25zz'],
    ['/a/../b/./c', '/b/c'],
    ['/a/%2e%2E/b/.%2e', '/'],
    ['/../..//evil.example.com/', '//evil.example.com/'],
    ['/a/..?x=/../y', '/?x=/../y'],
    ['/a%2Fb/..%2f/;x=1?q=%22&r', '/a%2Fb/..%2f/;x=1?q=%22&r'],
  ])('is a URL of the same resource for %j', async (target, expected) => {
    const { status, location = '' } = await plain(`GET ${target} HTTP/1.1`, 'Host: localhost');
    expect([status, location]).toEqual([301, `${here()}${expected}`]);
    const url = new URL(location);
    expect(url.href.replaceAll('%27', "'")).toBe(location);
    expect(url.origin).toBe(here());
  });

  it('has no control character, no byte that is not ASCII, and no header of a client', async () => {
    for (const code of [0x01, 0x09, 0x0b, 0x0c, 0x1b, 0x7f, 0x85, 0xa0, 0xe9, 0xff]) {
      const { status, location } = await plain(`GET /a${String.fromCharCode(code)}b HTTP/1.1`, 'Host: localhost');
      const hex = code.toString(16).toUpperCase().padStart(2, '0');
      expect([`${here()}/a%${hex}b`, undefined]).toContain(location);
      expect([301, 400]).toContain(status);
    }
    expect(await plain('GET /%0d%0aset-cookie:%20a=b HTTP/1.1', 'Host: localhost')).toMatchObject({
      location: `${here()}/%0d%0aset-cookie:%20a=b`,
    });
  });

  it('is that of a whole URL as the target, where the host is the same', async () => {
    const send = (target: string) => plain(`GET ${target} HTTP/1.1`, `Host: api.example.com:${httpPort}`);
    const location = `https://api.example.com:${httpsPort}/a?b`;
    expect(await send(`http://API.example.com:${httpPort}/a?b`)).toMatchObject({ status: 301, location });
    for (const target of ['http://evil.example.com/', 'http://evil@api.example.com/', 'ftp://api.example.com/', '*']) {
      expect(await send(target)).toMatchObject({ status: 400, location: undefined });
    }
  });

  it('is in no response to another method than GET and HEAD over HTTP/1.0, which has no 307', async () => {
    expect(await plain('GET /a HTTP/1.0', 'Host: localhost')).toMatchObject({ status: 301 });
    expect(await plain('POST /a HTTP/1.0', 'Host: localhost')).toMatchObject({ status: 403, location: undefined });
  });

  it('is printed and logged nowhere, with its token', async () => {
    await plain('GET /a\\b?access_token=tok-4 HTTP/1.1', 'Host: localhost');
    expect(printed.join('\n')).not.toContain('tok-4');
  });
});

describe('the target of a request over HTTPS', () => {
  const host = 'api.example.com';
  const pathSeen = async (target: string, named = host, method = 'GET') => {
    const { status, body } = await secure(`${method} ${target} HTTP/1.1`, `Host: ${named}`);
    return status === 200 ? (JSON.parse(body) as { readonly path: string }).path : status;
  };

  it('is that of a whole URL, where it names the host of the request', async () => {
    expect(await pathSeen(`https://${host}/x`)).toBe('/x');
    expect(await pathSeen(`HTTPS://API.example.com:443/x?y`)).toBe('/x');
    expect(await pathSeen(`https://${host}:${httpsPort}/x`, `${host}:${httpsPort}`)).toBe('/x');
    expect(await pathSeen(`https://${host}`)).toBe('/');
    expect(await pathSeen(`https://${host}?a`)).toBe('/');
  });

  it('is rejected with 400 in any other form, before the function of the distribution runs', async () => {
    const before = printed.length;
    const others = [
      'evil.example.com',
      `u@${host}`,
      `u:p@${host}`,
      `${host}:1`,
      `${host}:x`,
      '',
      '[::1]',
      `${host}\\x`,
    ];
    const targets = [...others.map((each) => `https://${each}/x`), `http://${host}/x`, `ftp://${host}/x`, '*'];
    for (const target of targets) expect([target, await pathSeen(target)]).toEqual([target, 400]);
    for (const method of ['OPTIONS', 'POST']) expect(await pathSeen('*', host, method)).toBe(400);
    expect(printed.slice(before)).toEqual([]);
  });
});

it('the name of a connection that no host has ends the handshake, also where a wildcard would match', async () => {
  for (const label of NO_LABELS.filter((each) => each.length < 64)) {
    const ended = await new Promise((done) => {
      const socket = connectFor(`${label}.apps.example.com`);
      socket.once('secureConnect', () => done('connected')).once('error', () => done('ended'));
      socket.once('close', () => done('ended'));
    });
    expect([label, ended]).toEqual([label, 'ended']);
  }
});

describe('the headers that Connection names', () => {
  const headersWith = async (...headers: readonly string[]) => {
    const { body } = await secure('GET /x HTTP/1.1', 'Host: localhost', ...headers);
    return (JSON.parse(body) as { readonly multiValueHeaders: Readonly<Record<string, string[]>> }).multiValueHeaders;
  };

  it('reach nobody behind the connection, whatever their case and however many Connection headers there are', async () => {
    const own = ['X-One: 1', 'x-TWO: 2', 'X-Three: 3', 'X-Kept: 4', 'Authorization: Bearer tok-5'];
    const options = ['Connection: x-ONE,', 'connection:\tclose , X-Two', 'CONNECTION: ,,x-three\t,AUTHORIZATION'];
    const seen = await headersWith(...own, ...options);
    const names = Object.keys(seen).map((name) => name.toLowerCase());
    expect(names).toContain('x-kept');
    for (const gone of ['x-one', 'x-two', 'x-three', 'authorization', 'connection', 'close'])
      expect(names).not.toContain(gone);
  });

  it('are none that the distribution, its function or its web ACL add, and not the host', async () => {
    const added = [
      'CloudFront-Viewer-Address',
      'X-Secure-Api-Origin',
      'x-amzn-waf-seen',
      'Host',
      'Via',
      'X-Forwarded-For',
      'X-Amz-Cf-Id',
    ];
    const plainly = await headersWith();
    const stripped = await headersWith(
      'CloudFront-Viewer-Address: 192.0.2.9:1',
      'X-Secure-Api-Origin: forged',
      ...added.map((name, i) => `Connection: ${i % 2 === 0 ? name.toUpperCase() : ` ${name} , te`}`),
    );
    const named = (headers: Readonly<Record<string, string[]>>) =>
      new Map(Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values] as const));
    for (const name of added.map((each) => each.toLowerCase())) {
      expect([name, named(stripped).get(name)]).toEqual([name, expect.any(Array)]);
      expect(named(stripped).get(name)).toHaveLength(1);
    }
    for (const name of ['x-secure-api-origin', 'x-amzn-waf-seen', 'host', 'x-forwarded-for'])
      expect(named(stripped).get(name)).toEqual(named(plainly).get(name));
    expect(named(stripped).get('cloudfront-viewer-address')?.[0]).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
