import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf } from '../../../test/support/client.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { ECHO, edgeAssembly } from '../support/edge.ts';

let gateway: LocalGateway;
let viewer: Client;
let url: URL;
let httpUrl: URL;
const printed: string[] = [];

beforeAll(async () => {
  const assembly = edgeAssembly({ handler: ECHO });
  gateway = await serve({ assembly, data: temporaryFolder(), port: 0, print: (line) => printed.push(line) });
  const [{ edge } = {}] = gateway.ready.apis;
  url = new URL(gateway.ready.url);
  httpUrl = new URL(edge?.http ?? '');
  viewer = clientOf({ url: url.origin, ca: gateway.ready.ca }, { servername: 'localhost' });
});
afterAll(() => gateway?.close());

interface ProxyEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueQueryStringParameters: unknown;
  readonly requestContext: { readonly identity: { readonly sourceIp: string } };
}

interface Plain {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const plain = (method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Plain> =>
  new Promise((done, fail) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port: httpUrl.port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });

describe('what reaches the API through a distribution', () => {
  it('is the request of the viewer, with the viewer in CloudFront-Viewer-Address and the distribution as the source', async () => {
    const response = await viewer('GET', '/documents/7?a=1&a=2&b=%20', { headers: { 'x-own': 'kept' } });
    expect(response.status).toBe(200);
    const event = response.json<ProxyEvent>();
    const { headers } = event;
    expect(event.multiValueQueryStringParameters).toEqual({ a: ['1', '2'], b: [' '] });
    expect(headers['x-own']).toBe('kept');
    expect(headers['cloudfront-viewer-address']).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(headers['host']).toBe(url.host);
    expect(headers['via']).toMatch(/^1\.1 \w+\.cloudfront\.net \(CloudFront\)$/);
    expect(event.requestContext.identity.sourceIp).toBe('198.51.100.1');
  });

  it('has the secret of the function, whatever the viewer sends, and no CloudFront-Viewer-Address of the viewer', async () => {
    const headers = { 'x-secure-api-origin': 'forged', 'cloudfront-viewer-address': '192.0.2.9:1' };
    const response = await viewer('GET', '/documents/7', { headers });
    const event = response.json<{ multiValueHeaders: Record<string, string[]> }>();
    expect(event.multiValueHeaders['x-secure-api-origin']).toEqual([expect.stringMatching(/^[A-Za-z0-9]{48}$/)]);
    expect(event.multiValueHeaders['cloudfront-viewer-address']).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  });

  it('is the body as it was sent, over HTTP/1.1 and HTTP/2', async () => {
    const body = '{"a": 1}';
    const one = await viewer('POST', '/documents', { headers: { 'content-type': 'application/json' }, body });
    expect(one.json()['body']).toBe(body);
    const two = await overHttp2({ ':method': 'POST', ':path': '/documents', 'content-type': 'application/json' }, body);
    expect(JSON.parse(two.text).body).toBe(body);
    expect(JSON.parse(two.text).headers.via).toMatch(/^2\.0 /);
  });

  it('is nothing of a request that goes around the distribution', async () => {
    const around = clientOf({ ...gateway.ready, url: gateway.ready.apis[0]?.edge?.origin ?? '' });
    expect((await around('GET', '/documents/7')).status).toBe(403);
    const forged = { headers: { 'x-secure-api-origin': 'forged', 'cloudfront-viewer-address': '192.0.2.9:1' } };
    expect((await around('GET', '/documents/7', forged)).status).toBe(403);
  });
});

describe('the listener of a distribution', () => {
  it('speaks HTTP/2 to clients that offer it', async () => {
    const response = await overHttp2({ ':path': '/documents/7' });
    expect(response.protocol).toBe('h2');
    expect(response.status).toBe(200);
  });

  it('serves 50 requests of one connection of HTTP/2 at once', async () => {
    const session = connectHttp2(url.origin, { ca: readFileSync(gateway.ready.ca) });
    const all = Array.from({ length: 50 }, (_, i) => oneHttp2(session, { ':path': `/documents/${i}` }));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    session.close();
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('rejects TLS 1.2 under a viewer policy of TLS 1.3', async () => {
    const outcome = await new Promise<string>((done) => {
      const socket = connectTls({
        host: 'localhost',
        port: Number(url.port),
        maxVersion: 'TLSv1.2',
        rejectUnauthorized: false,
      });
      socket.on('secureConnect', () => done('connected'));
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    });
    expect(outcome).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  it('sets the response headers policy on responses of the API, of the web ACL and of its own', async () => {
    const around = { headers: { host: 'other.example.com' } };
    for (const response of [await viewer('GET', '/'), await viewer('GET', '/', around)]) {
      expect(response.headers).toMatchObject({
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-amz-cf-id': expect.any(String),
      });
    }
  });

  it('responds to its alias and to this machine, and with 403 to any other host', async () => {
    const statusOf = async (host: string) => (await viewer('GET', '/', { headers: { host } })).status;
    expect(await statusOf('api.example.com')).toBe(200);
    expect(await statusOf('other.example.com')).toBe(403);
  });

  it('rejects a method that the distribution does not forward', async () => {
    expect((await viewer('PROPFIND', '/')).status).toBe(403);
  });
});

describe('plain HTTP', () => {
  it.each([
    ['GET', 301],
    ['HEAD', 301],
    ['POST', 307],
    ['PUT', 307],
    ['DELETE', 307],
    ['OPTIONS', 307],
  ])('redirects %s with %i to the same URL', async (method, status) => {
    for (const path of ['/', '/documents/7?a=1&a=2', '/a%2Fb/..%2f/;x=1?q=%22&r', '//other.example.com/x']) {
      const response = await plain(method, path, {}, method === 'POST' ? 'secret body' : undefined);
      expect(response.status).toBe(status);
      expect(response.headers.location).toBe(`https://127.0.0.1:${url.port}${path}`);
    }
  });

  it('keeps the name that the client used', async () => {
    const response = await plain('GET', '/x', { host: 'api.example.com' });
    expect(response.headers.location).toBe(`https://api.example.com:${url.port}/x`);
  });

  it('redirects to no other host', async () => {
    const response = await plain('GET', '/x', { host: 'evil.example.com' });
    expect([response.status, response.headers.location]).toEqual([403, undefined]);
  });

  it('shows nothing of the API, and neither prints nor logs a token', async () => {
    const response = await plain('GET', '/documents/7?access_token=tok-1', { authorization: 'Bearer tok-2' });
    expect(response.text).not.toContain('tok-1');
    expect(response.headers['x-amzn-requestid']).toBeUndefined();
    expect(response.headers['strict-transport-security']).toBeUndefined();
    expect(printed.join('\n')).not.toMatch(/tok-[12]/);
  });
});

type Http2Headers = Readonly<Record<string, string>>;

interface Http2Result {
  readonly status: number | undefined;
  readonly protocol: string | undefined;
  readonly text: string;
}

async function overHttp2(headers: Http2Headers, body?: string): Promise<Http2Result> {
  const session = connectHttp2(url.origin, { ca: readFileSync(gateway.ready.ca) });
  try {
    return await oneHttp2(session, headers, body);
  } finally {
    session.close();
  }
}

function oneHttp2(
  session: ReturnType<typeof connectHttp2>,
  headers: Http2Headers,
  body?: string,
): Promise<Http2Result> {
  return new Promise((done, fail) => {
    const stream = session.request(headers, { endStream: body === undefined });
    let status: number | undefined;
    let text = '';
    stream.on('response', (received) => {
      status = received[':status'];
    });
    stream.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    stream.on('end', () => done({ status, text, protocol: session.alpnProtocol }));
    stream.on('error', fail);
    if (body !== undefined) stream.end(body);
  });
}
