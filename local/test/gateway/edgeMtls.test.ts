import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lapsed, makeCa, makeClient, type TestCertificate } from '../../../test/support/certificates.ts';
import { clientOf } from '../../../test/support/client.ts';
import { folderOf, temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { ECHO, edgeAssembly } from '../support/edge.ts';
import { signedFetch } from '../support/services.ts';

const REVOCATION = `import cf from 'cloudfront';
async function connectionHandler(connection) {
  const revoked = await cf.kvs().exists(connection.clientCertInfo.serialNumber);
  if (revoked) connection.deny();
  else connection.allow();
}`;

const NAMES = ['Present', 'Serial-Number', 'Subject', 'Issuer', 'Sha256', 'Validity', 'Pem'];
const headers = { Headers: ['CloudFront-Viewer-Address', ...NAMES.map((name) => `CloudFront-Viewer-Cert-${name}`)] };

/** A distribution with client certificates; the trust store is an asset of the edge stack. */
function assembly(ca: TestCertificate, mode: 'required' | 'optional', connectionCode = REVOCATION): string {
  const bundle = join(folderOf({ 'ca.pem': ca.cert }), 'ca.pem');
  const store = { KeyValueStoreARN: { 'Fn::GetAtt': ['Revoked', 'Arn'] } };
  const source = { CaCertificatesBundleS3Location: { Bucket: 'b', Key: 'k', Region: 'us-east-1' } };
  return edgeAssembly({
    handler: ECHO,
    headers,
    behavior: { ViewerProtocolPolicy: 'https-only' },
    config: {
      ViewerMtlsConfig: { Mode: mode, TrustStoreConfig: { TrustStoreId: { Ref: 'Trust' } } },
      ConnectionFunctionAssociation: { Id: { 'Fn::GetAtt': ['Connection', 'Id'] } },
    },
    edgeResources: {
      Revoked: { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'revoked' } },
      Trust: {
        Type: 'AWS::CloudFront::TrustStore',
        Properties: { Name: 'trust', CaCertificatesBundleSource: source },
        Metadata: { 'aws:asset:path': bundle },
      },
      Connection: {
        Type: 'AWS::CloudFront::ConnectionFunction',
        Properties: {
          Name: 'connection',
          ConnectionFunctionCode: connectionCode,
          ConnectionFunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0', KeyValueStoreAssociations: [store] },
        },
      },
    },
  });
}

let ca: TestCertificate;
let good: TestCertificate;
let required: LocalGateway;
let optional: LocalGateway;

beforeAll(async () => {
  ca = await makeCa();
  good = await makeClient(ca, { commonName: 'partner' });
  const start = (mode: 'required' | 'optional') =>
    serve({ assembly: assembly(ca, mode), data: temporaryFolder(), port: 0 });
  [required, optional] = [await start('required'), await start('optional')];
});
afterAll(async () => {
  await Promise.all([required?.close(), optional?.close()]);
});

/** The status of a request by HTTP/1.1, or `closed` when the connection ends without a response. */
async function outcome({ ready }: LocalGateway, certificate?: Pick<TestCertificate, 'cert' | 'key'>) {
  const client = clientOf(ready, { servername: 'localhost', agent: false, ca: readFileSync(ready.ca), ...certificate });
  return client('GET', '/x').then(
    (response) => ({ status: response.status as number | 'closed', headers: headersIn(response.text) }),
    () => ({ status: 'closed' as const, headers: {} as Readonly<Record<string, string>> }),
  );
}

function headersIn(text: string): Readonly<Record<string, string>> {
  return (JSON.parse(text) as { readonly headers: Readonly<Record<string, string>> }).headers;
}

describe('a distribution that requires client certificates', () => {
  it('tells the API about the certificate, in the words of AWS', async () => {
    const { status, headers: seen } = await outcome(required, good);
    expect(status).toBe(200);
    expect(seen['cloudfront-viewer-cert-present']).toBe('1');
    expect(seen['cloudfront-viewer-cert-subject']).toContain('CN=partner');
    expect(seen['cloudfront-viewer-cert-serial-number']).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2})*$/);
    expect(seen['cloudfront-viewer-cert-validity']).toMatch(/^NotBefore=\S+Z;NotAfter=\S+Z$/);
    expect(decodeURIComponent(seen['cloudfront-viewer-cert-pem'] ?? '').trim()).toBe(good.cert.trim());
  });

  it('ends the connection of a client without a certificate, of another CA, and with a lapsed one', async () => {
    const stranger = await makeClient(await makeCa(), { commonName: 'partner' });
    const old = await makeClient(ca, { commonName: 'partner', ...lapsed() });
    for (const client of [undefined, stranger, old]) expect((await outcome(required, client)).status).toBe('closed');
  });

  it('ends the connection of a certificate that the connection function denies, over HTTP/2 too', async () => {
    const revoked = await makeClient(ca, { commonName: 'partner' });
    expect((await outcome(required, revoked)).status).toBe(200);
    await revoke(required, revoked);
    expect((await outcome(required, revoked)).status).toBe('closed');
    const session = connectHttp2(required.ready.url, { ca: readFileSync(required.ready.ca), ...pairOf(revoked) });
    const ended = await new Promise((done) => {
      session.on('error', () => done('closed'));
      session.on('close', () => done('closed'));
      session
        .request({ ':path': '/x' })
        .on('response', () => done('response'))
        .on('error', () => done('closed'));
    });
    session.destroy();
    expect(ended).toBe('closed');
    expect((await outcome(required, good)).status).toBe(200);
  });

  it('serves plain HTTP with 403 alone', async () => {
    const response = await fetch(`${required.ready.apis[0]?.edge?.http}/x`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([403, null]);
  });

  it('takes no header about a certificate from a client', async () => {
    const client = clientOf(required.ready, {
      servername: 'localhost',
      agent: false,
      ca: readFileSync(required.ready.ca),
      ...pairOf(good),
    });
    const response = await client('GET', '/x', {
      headers: { 'cloudfront-viewer-cert-pem': 'forged', 'cloudfront-viewer-cert-subject': 'CN=admin' },
    });
    expect(response.text).not.toMatch(/forged|CN=admin/);
  });
});

describe('a distribution with optional client certificates', () => {
  it('serves clients without one, and says so to the API', async () => {
    const { status, headers: seen } = await outcome(optional);
    expect([status, seen['cloudfront-viewer-cert-present']]).toEqual([200, '0']);
    expect(seen['cloudfront-viewer-cert-pem']).toBeUndefined();
  });

  it('rejects one of another CA all the same', async () => {
    const stranger = await makeClient(await makeCa(), { commonName: 'partner' });
    expect((await outcome(optional, stranger)).status).toBe('closed');
    expect((await outcome(optional, good)).status).toBe(200);
  });
});

describe('a connection function', () => {
  it.each([
    ['throws', 'async function connectionHandler() { throw new Error("no"); }'],
    ['decides nothing', 'async function connectionHandler() {}'],
    ['never ends', 'async function connectionHandler() { for (;;) await 0; }'],
  ])('that %s lets nobody in', async (_, code) => {
    const gateway = await serve({ assembly: assembly(ca, 'required', code), data: temporaryFolder(), port: 0 });
    try {
      expect((await outcome(gateway, good)).status).toBe('closed');
    } finally {
      await gateway.close();
    }
  });
});

const pairOf = ({ cert, key }: TestCertificate) => ({ cert, key });

/** Writes the serial number into the store, as the function of the stack does. */
async function revoke({ ready, model }: LocalGateway, certificate: TestCertificate): Promise<void> {
  const arn = model.keyValueStores.find(({ name }) => name === 'revoked')?.arn ?? '';
  const base = `${ready.environment['AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE']}`;
  const path = `/key-value-stores/${encodeURIComponent(arn)}`;
  const by = {
    credentials: {
      accessKeyId: ready.environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: ready.environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    region: ready.environment['AWS_REGION'] ?? '',
  };
  const service = 'cloudfront-keyvaluestore';
  const described = await signedFetch(base, { service, by, method: 'GET', path });
  const etag = described.headers.get('etag') ?? '';
  const serial = new X509Certificate(certificate.cert).serialNumber.toLowerCase().match(/../g)?.join(':') ?? '';
  const body = JSON.stringify({ Value: '1' });
  const request = { service, by, method: 'PUT', path: `${path}/keys/${encodeURIComponent(serial)}`, body };
  const headers = { 'if-match': etag };
  expect((await signedFetch(base, { ...request, headers })).status).toBe(200);
}
