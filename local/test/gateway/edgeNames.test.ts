import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { RequestOptions } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCa, makeClient, type TestCertificate } from '../../../test/support/certificates.ts';
import { folderOf, temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { ask } from '../support/domains.ts';
import { ECHO, edgeAssembly, type TestEdge } from '../support/edge.ts';

const header = (Value: string) => ({ CustomHeadersConfig: { Items: [{ Header: 'X-Policy', Value, Override: true }] } });
const www = { Aliases: ['www.example.com', '*.apps.example.com'], HttpVersion: 'http1.1' };
const old = {
  Aliases: ['old.example.com'],
  ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
};
const gateways: LocalGateway[] = [];
let gateway: LocalGateway;

async function start(edge: Partial<TestEdge>): Promise<LocalGateway> {
  const assembly = edgeAssembly({ handler: ECHO, responseHeaders: header('1'), ...edge });
  const started = await serve({ assembly, data: temporaryFolder(), port: 0 });
  gateways.push(started);
  return started;
}

beforeAll(async () => {
  gateway = await start({ others: [www, old] });
});
afterAll(() => Promise.all(gateways.map((each) => each.close())));

const NAMES = ['api.example.com', 'www.example.com', 'any.apps.example.com', 'old.example.com'];
const portOf = (url: string | undefined) => Number(new URL(url ?? '').port);
const statusOf = async (host: string, options: RequestOptions = {}, of = gateway) =>
  (await ask(of.ready, host, '/x', options)).status;

/** The protocol that a connection for a name agrees on. */
function protocolFor(servername: string): Promise<string | false | null> {
  const { url, ca } = gateway.ready;
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', port: portOf(url), servername, ca: readFileSync(ca) };
    const socket = connectTls({ ...options, ALPNProtocols: ['h2', 'http/1.1'] }, () => {
      done(socket.alpnProtocol);
      socket.destroy();
    });
    socket.on('error', fail);
  });
}

describe('the listener of all distributions of an API', () => {
  it('serves each name on one port, with a certificate for it', async () => {
    for (const host of NAMES) {
      const { status, event } = await ask(gateway.ready, host, '/x');
      expect([host, status, event().headers.host]).toEqual([host, 200, `${host}:${portOf(gateway.ready.url)}`]);
    }
  });

  it('is in ready.json once, with all names and their URLs', () => {
    const [{ url = '', edge, names } = {}] = gateway.ready.apis;
    const [port, http] = [portOf(url), portOf(edge?.http)];
    const named = (name: string, host = name) => ({
      name,
      url: `https://${host}:${port}`,
      http: `http://${host}:${http}`,
    });
    expect(names).toEqual([
      named('api.example.com'),
      named('www.example.com'),
      named('*.apps.example.com', 'example.apps.example.com'),
      named('old.example.com'),
    ]);
  });

  it('has the settings of the distribution of each name: HTTP versions, TLS versions', async () => {
    expect(await Promise.all(NAMES.map(protocolFor))).toEqual(['h2', 'http/1.1', 'http/1.1', 'h2']);
    expect(await statusOf('old.example.com', { maxVersion: 'TLSv1.2' })).toBe(200);
    for (const host of ['api.example.com', 'www.example.com'])
      await expect(statusOf(host, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
  });

  it('rejects a request for another distribution than that of the connection with 421, over HTTP/2 too', async () => {
    for (const servername of NAMES.slice(0, 2)) {
      expect(await statusOf('old.example.com', { servername })).toBe(421);
      expect(await statusOf('localhost', { servername })).toBe(421);
    }
    const { url, ca } = gateway.ready;
    const port = portOf(url);
    const session = connectHttp2(url, { ca: readFileSync(ca), servername: 'api.example.com' });
    const statuses = ['api.example.com', 'www.example.com', 'api.example.com'].map(
      (host) =>
        new Promise((done, fail) => {
          const stream = session.request({ ':path': '/x', ':authority': `${host}:${port}` });
          stream.on('response', (headers) => done(headers[':status'])).on('error', fail);
          stream.resume();
        }),
    );
    expect(await Promise.all(statuses)).toEqual([200, 421, 200]);
    session.close();
  });

  it('serves the other names of the same distribution on a connection, and each on one for this machine', async () => {
    expect(await statusOf('b.apps.example.com', { servername: 'www.example.com' })).toBe(200);
    for (const host of NAMES) expect(await statusOf(host, { servername: 'localhost' })).toBe(200);
  });

  it('ends the handshake for a name of no distribution, and responds with 403 to such a host', async () => {
    const unchecked = { rejectUnauthorized: false };
    for (const host of ['other.example.com', 'a.b.apps.example.com', 'apps.example.com'])
      await expect(statusOf(host, unchecked)).rejects.toThrow();
    for (const servername of ['localhost', 'www.example.com'])
      expect(await statusOf('other.example.com', { servername })).toBe(403);
  });

  it('redirects plain HTTP of each name on one port', async () => {
    const [{ url = '', edge } = {}] = gateway.ready.apis;
    const location = (host: string) =>
      new Promise((done, fail) => {
        const options = { host: '127.0.0.1', port: portOf(edge?.http), path: '/x', headers: { host } };
        httpRequest(options, (response) => done(response.resume().headers.location))
          .on('error', fail)
          .end();
      });
    for (const host of NAMES) expect(await location(host)).toBe(`https://${host}:${portOf(url)}/x`);
    expect(await location('a.b.apps.example.com')).toBeUndefined();
  });

  it('takes another name and other HTTP versions in an update, at the same address', async () => {
    const changing = await start({});
    const { url } = changing.ready;
    const update = (others: readonly object[]) =>
      changing.update({ assembly: edgeAssembly({ handler: ECHO, others }) });
    await update([www]);
    expect(changing.ready.url).toBe(url);
    expect(await statusOf('www.example.com', {}, changing)).toBe(200);
    await update([{ ...www, Aliases: ['new.example.com'] }]);
    expect(await statusOf('new.example.com', {}, changing)).toBe(200);
    await expect(statusOf('www.example.com', {}, changing)).rejects.toThrow();
  });
});

describe('distributions of an API with client certificates and without', () => {
  const CERTIFICATES = {
    Aliases: ['partners.example.com'],
    ViewerMtlsConfig: { Mode: 'required', TrustStoreConfig: { TrustStoreId: { Ref: 'Trust' } } },
  };
  let edge: Partial<TestEdge>;
  let ca: TestCertificate;
  let mixed: LocalGateway;
  let client: Pick<TestCertificate, 'cert' | 'key'>;

  beforeAll(async () => {
    ca = await makeCa();
    const bundle = folderOf({ 'ca.pem': ca.cert });
    const { cert, key } = await makeClient(ca, { commonName: 'partner' });
    client = { cert, key };
    const source = { CaCertificatesBundleS3Location: { Bucket: 'b', Key: 'k', Region: 'us-east-1' } };
    edge = {
      others: [CERTIFICATES],
      edgeResources: {
        Trust: {
          Type: 'AWS::CloudFront::TrustStore',
          Properties: { Name: 'trust', CaCertificatesBundleSource: source },
          Metadata: { 'aws:asset:path': `${bundle}/ca.pem` },
        },
      },
    };
    mixed = await start(edge);
  });

  it('need another start where none asked for certificates before', async () => {
    const assembly = edgeAssembly({ handler: ECHO, ...edge });
    await expect(gateway.update({ assembly })).rejects.toThrow('restart-needed');
    expect(await statusOf('api.example.com')).toBe(200);
  });

  it('check the certificate where the name of the connection asks for one', async () => {
    expect(await statusOf('partners.example.com', client, mixed)).toBe(200);
    await expect(statusOf('partners.example.com', {}, mixed)).rejects.toThrow();
    await expect(statusOf('partners.example.com', await makeClient(await makeCa()), mixed)).rejects.toThrow();
    expect(await statusOf('api.example.com', {}, mixed)).toBe(200);
  });

  it('cannot be reached by a connection for another name', async () => {
    for (const servername of ['api.example.com', 'localhost']) {
      expect(await statusOf('partners.example.com', { servername }, mixed)).toBe(421);
      expect(await statusOf('partners.example.com', { servername, ...client }, mixed)).toBe(421);
    }
    expect(await statusOf('api.example.com', { servername: 'partners.example.com', ...client }, mixed)).toBe(421);
  });
});
