import { mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { securityHeaders } from '../../lambdas/shared/httpHeaders.ts';
import { SecureApi } from '../../lib/construct/index.ts';
import { signatureHeaders } from '../../local/services/signature.ts';
import { ask, metadataOf } from '../../local/test/support/domains.ts';
import { type Client, clientOf } from '../support/client.ts';
import { temporaryFolder, writeFiles } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { oidc, smallApi } from '../synth/support.ts';

function assembly(): string {
  const folder = temporaryFolder();
  const handlers = join(folder, 'handlers');
  mkdirSync(handlers);
  const definition = smallApi();
  for (const id of Object.keys(definition.routes)) {
    const code = `export const handler = { route: '${id}', fn: async () => ({ status: 200 }) };`;
    writeFiles(handlers, { [`${id}.mjs`]: code });
  }
  const app = new App({ outdir: join(folder, 'out') });
  const stack = new Stack(app, 'Small', { env: { account: '111122223333', region: 'eu-west-1' } });
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  const domain = { name: 'api.example.com', alternativeNames: ['www.example.com'], zone };
  new SecureApi(stack, 'Api', { definition, handlers, identity: oidc(), edge: 'cloudfront', domain });
  app.synth();
  return join(folder, 'out');
}

/** The local path of the distribution, as `secure-api dev` writes it. */
interface Edge {
  readonly http: string;
  readonly origin: string;
}

let gateway: RunningGateway;
let viewer: Client;
let around: Client;
let edge: Edge;
let token: string;

beforeAll(async () => {
  gateway = await startGateway({ assembly: assembly() });
  const [api] = gateway.ready.apis as readonly { readonly edge?: Edge }[];
  if (api?.edge === undefined) throw new Error('no distribution is served');
  edge = api.edge;
  viewer = clientOf(gateway.ready, { servername: 'localhost' });
  around = clientOf({ ...gateway.ready, url: edge.origin });
  token = await gateway.token('reader');
});
afterAll(() => gateway?.stop());

const calls = (client: Client, headers: Readonly<Record<string, string>> = {}) =>
  client('GET', '/things', { token, headers });

describe('the API behind its distribution on this machine', () => {
  it('serves clients through the distribution, and shows its addresses', async () => {
    const response = await calls(viewer);
    expect(response.status).toBe(200);
    expect(gateway.output()).toContain(`${edge.origin} (rejects clients)`);
  });

  it('leads clients without a token to metadata of the address that they called', async () => {
    for (const host of ['api.example.com', 'localhost']) {
      const { url, resource } = await metadataOf(gateway.ready, host, '/things');
      expect([url.host, resource]).toEqual([`${host}:${new URL(gateway.ready.url).port}`, url.origin]);
    }
  });

  it('rejects clients that go around it, whatever they send', async () => {
    expect((await calls(around)).status).toBe(403);
    expect(
      (await calls(around, { 'x-secure-api-origin': 'guess', 'cloudfront-viewer-address': '1.2.3.4:5' })).status,
    ).toBe(403);
    expect((await calls(around, { 'x-secure-api-origin': '' })).status).toBe(403);
  });

  it('serves HTTP/2', async () => {
    const session = connect(gateway.ready.url, { ca: readFileSync(gateway.ready.ca) });
    const status = await new Promise((done, fail) => {
      session.on('error', fail);
      const stream = session.request({ ':path': '/things', authorization: `Bearer ${token}` });
      stream.on('response', (headers) => done(headers[':status']));
      stream.on('error', fail);
    });
    session.close();
    expect(status).toBe(200);
  });

  it('responds to the name of the domain', async () => {
    expect((await calls(viewer, { host: 'api.example.com' })).status).toBe(200);
    expect((await calls(viewer, { host: 'other.example.com' })).status).toBe(403);
  });

  it('serves every name of the domain on one port, and prints each with its URL', async () => {
    const { port } = new URL(gateway.ready.url);
    const { names = [] } = gateway.ready.apis[0] as { readonly names?: readonly { readonly url: string }[] };
    expect(names.map(({ url }) => url)).toEqual([`https://api.example.com:${port}`, `https://www.example.com:${port}`]);
    for (const { url } of names) {
      const { hostname: host } = new URL(url);
      expect(
        (await ask(gateway.ready, host, '/things', { headers: { authorization: `Bearer ${token}` } })).status,
      ).toBe(200);
      expect(gateway.output()).toContain(url);
    }
    expect((await ask(gateway.ready, 'www.example.com', '/things', { servername: 'api.example.com' })).status).toBe(
      421,
    );
  });

  it('sends the security headers with every response, whatever made it', async () => {
    const responses = [
      await calls(viewer),
      await viewer('GET', '/things'),
      await viewer('GET', '/nothing', { token }),
      await calls(viewer, { host: 'other.example.com' }),
      await viewer('PROPFIND', '/things'),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 401, expect.any(Number), 403, 403]);
    for (const { headers } of responses) {
      for (const [name, value] of Object.entries(securityHeaders())) expect(headers[name.toLowerCase()]).toBe(value);
    }
  });

  it('logs the address of the client, and not that of the distribution', async () => {
    await calls(viewer, { 'cloudfront-viewer-address': '192.0.2.77:1' });
    const read = () => readFileSync(join(gateway.ready.data, 'logs/access.log'), 'utf8');
    const okay = () =>
      read()
        .split('\n')
        .filter((line) => line.includes('"routePath":"/things"') && line.includes('"status":"200"'));
    const lines = await vi.waitFor(() => {
      expect(okay()).not.toEqual([]);
      return okay();
    });
    const log = read();
    expect(lines.at(-1)).toContain('"clientIp":"127.0.0.1"');
    expect(log).not.toContain('192.0.2.77');
    expect(log).not.toContain(token);
  });

  it('redirects plain HTTP to the same URL, and shows nothing of the API', async () => {
    const response = await fetch(`${edge.http}/things?a=1%202`, { redirect: 'manual', method: 'POST', body: 'x' });
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${gateway.ready.url}/things?a=1%202`);
    expect(await response.text()).not.toContain('things');
  });
});

describe('the secret between the distribution and the API', () => {
  it('is made again by the function of the stack, with signatures that the local services check', async () => {
    const { environment } = gateway.ready;
    const store = readStore();
    await kvs('DELETE', `/key-value-stores/${encodeURIComponent(store.arn)}/keys/origin`, store.etag);
    expect((await calls(viewer)).status).toBe(503);
    const name = await rotationFunction();
    expect(await invoke(name)).toBe('"created"');
    expect((await calls(viewer)).status).toBe(200);
    expect((await calls(around)).status).toBe(403);
    expect(await invoke(name)).toBe('"idle"');

    async function invoke(fn: string): Promise<string> {
      const path = `/2015-03-31/functions/${fn}/invocations`;
      const response = await signed('lambda', environment['AWS_ENDPOINT_URL_LAMBDA'] ?? '', {
        method: 'POST',
        path,
        body: '{}',
      });
      return response.text();
    }
  });
});

function readStore(): { readonly arn: string; readonly etag: string } {
  const stores = JSON.parse(readFileSync(join(gateway.ready.data, 'key-value-stores.json'), 'utf8')) as Record<
    string,
    { readonly etag: string; readonly keys: Readonly<Record<string, string>> }
  >;
  const [arn = '', { etag = '' } = {}] = Object.entries(stores).find(([, { keys }]) => 'origin' in keys) ?? [];
  return { arn, etag };
}

async function rotationFunction(): Promise<string> {
  const url = gateway.ready.environment['AWS_ENDPOINT_URL_LAMBDA'] ?? '';
  const response = await signed('lambda', url, { method: 'GET', path: '/2015-03-31/functions/', body: '' });
  const { Functions } = (await response.json()) as { readonly Functions: readonly { readonly FunctionName: string }[] };
  const found = Functions.find(({ FunctionName }) => /ApiSecret/.test(FunctionName));
  return found?.FunctionName ?? '';
}

async function kvs(method: string, path: string, etag: string): Promise<void> {
  const url = gateway.ready.environment['AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE'] ?? '';
  const response = await signed('cloudfront-keyvaluestore', url, { method, path, body: '', etag });
  expect(response.status).toBe(200);
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly etag?: string;
}

function signed(service: string, url: string, { method, path, body, etag }: Sent): Promise<Response> {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION = '' } = gateway.ready.environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const { host } = new URL(url);
  const headers = { host, ...(etag && { 'if-match': etag }) };
  const request = { method, path, query: new URLSearchParams(), headers };
  const scope = { service, credentials, region: AWS_REGION };
  return fetch(`${url}${path}`, {
    method,
    headers: signatureHeaders(request, body, scope, new Date()),
    ...(method === 'POST' && { body }),
  });
}
